"""Addresses for messages, mail and webhooks."""

from django.urls import path

from accreditation.views import mail_address, notifications, webhooks

WEBHOOKS = "office/<slug:code>/webhooks/"
WEBHOOK = f"{WEBHOOKS}<uuid:public_id>/"

urlpatterns = [
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/read/", notifications.notifications_read, name="notifications-read"),
    path("notifications/<uuid:public_id>/", notifications.notification, name="notification"),
    path("notifications/<uuid:public_id>/read/", notifications.notification_read, name="notification-read"),
    path(
        "notifications/<uuid:public_id>/unread/",
        notifications.notification_unread,
        name="notification-unread",
    ),
    path("account/mail/", notifications.choose_mail, name="mail-choice"),
    path("account/mail/again/", mail_address.again, name="mail-again"),
    path("account/mail/withdraw/", mail_address.withdraw, name="mail-withdraw"),
    path("account/mail/confirm/<str:token>/", mail_address.confirm, name="mail-confirm"),
    path(WEBHOOKS, webhooks.webhooks, name="webhooks"),
    path(f"{WEBHOOKS}new/", webhooks.webhook_new, name="webhook-new"),
    path(WEBHOOK, webhooks.webhook, name="webhook"),
    path(f"{WEBHOOK}test/", webhooks.webhook_test, name="webhook-test"),
    path(f"{WEBHOOK}end/", webhooks.webhook_end, name="webhook-end"),
    path(f"{WEBHOOK}again-<uuid:delivery_id>/", webhooks.delivery_again, name="delivery-again"),
]
