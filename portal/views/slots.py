from django.http import HttpResponse


def slots(request, **kwargs):
    return HttpResponse("not built yet")
