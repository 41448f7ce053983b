from django.http import HttpResponse


def doctors(request, **kwargs):
    return HttpResponse("not built yet")


def doctor(request, **kwargs):
    return HttpResponse("not built yet")
