"""Addresses for everybody: register, notices, objections."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
