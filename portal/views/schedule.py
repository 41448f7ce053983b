from django.http import HttpResponse


def schedule(request, **kwargs):
    return HttpResponse("not built yet")


def schedule_day(request, **kwargs):
    return HttpResponse("not built yet")


def schedule_range(request, **kwargs):
    return HttpResponse("not built yet")


def schedule_copy(request, **kwargs):
    return HttpResponse("not built yet")


def schedule_slots(request, **kwargs):
    return HttpResponse("not built yet")


def slot_remove(request, **kwargs):
    return HttpResponse("not built yet")
