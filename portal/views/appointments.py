from django.http import HttpResponse


def appointments(request, **kwargs):
    return HttpResponse("not built yet")


def appointment(request, **kwargs):
    return HttpResponse("not built yet")


def appointment_cancel(request, **kwargs):
    return HttpResponse("not built yet")
