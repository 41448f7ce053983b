from django.http import HttpResponse


def desk(request, **kwargs):
    return HttpResponse("not built yet")
