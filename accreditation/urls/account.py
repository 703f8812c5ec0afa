"""Addresses for signing in and one's own account."""

from django.urls import path

from accreditation.views import account

urlpatterns = [
    path("login/", account.SignIn.as_view(), name="login"),
    path("logout/", account.SignOut.as_view(), name="logout"),
    path("account/", account.account, name="account"),
    path("account/password/", account.ChangePassword.as_view(), name="password_change"),
    path("account/office/", account.switch_office, name="switch-office"),
]
