from django.http import HttpResponse


def slot_book(request, **kwargs):
    return HttpResponse("not built yet")


def appointment_booked(request, **kwargs):
    return HttpResponse("not built yet")
