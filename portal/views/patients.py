from django.http import HttpResponse


def patients(request, **kwargs):
    return HttpResponse("not built yet")


def patient(request, **kwargs):
    return HttpResponse("not built yet")
