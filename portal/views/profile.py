from django.http import HttpResponse


def profile(request, **kwargs):
    return HttpResponse("not built yet")
