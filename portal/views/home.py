from django.http import HttpResponse


def home(request, **kwargs):
    return HttpResponse("not built yet")


def dashboard(request, **kwargs):
    return HttpResponse("not built yet")
