"""One page: the user, one query, one small template."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.shortcuts import render
from django.urls import path


@login_required
def page(request):
    groups = Group.objects.order_by("name")[:10]
    return render(request, "page.html", {"user": request.user, "groups": groups})


urlpatterns = [path("", page)]
