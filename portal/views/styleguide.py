from django.http import HttpResponse


def styleguide(request, **kwargs):
    return HttpResponse("not built yet")
