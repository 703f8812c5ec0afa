"""Addresses for reviewers: desk and review."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
