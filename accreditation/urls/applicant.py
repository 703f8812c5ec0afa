"""Addresses for enterprises that apply."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
