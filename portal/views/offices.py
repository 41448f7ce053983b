from django.http import HttpResponse


def offices(request, **kwargs):
    return HttpResponse("not built yet")
