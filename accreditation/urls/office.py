"""Addresses for offices: members, cycles, notices, naming."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
