"""Addresses for handing tasks about: to whom they go, who is asked, who is told."""

from django.urls import path

from accreditation.views import copies, copying, escalation, handing, tasks

REVIEW = "review/<uuid:public_id>/"

urlpatterns = [
    path(f"{REVIEW}claim/", tasks.claim, name="claim"),
    path(f"{REVIEW}release/", tasks.release, name="release"),
    path(f"{REVIEW}assign/", handing.assign, name="assign"),
    path(f"{REVIEW}assign/withdraw/", tasks.unassign, name="unassign"),
    path(f"{REVIEW}transfer/", handing.transfer, name="transfer"),
    path(f"{REVIEW}take-back/", tasks.take_back, name="take-back"),
    path(f"{REVIEW}delegate/", handing.delegate, name="delegate"),
    path(f"{REVIEW}advise/", handing.advise, name="advise"),
    path(f"{REVIEW}withdraw-delegation/", tasks.withdraw_delegation, name="withdraw-delegation"),
    path(f"{REVIEW}remind/", tasks.remind, name="remind"),
    path(f"{REVIEW}copy/", copies.copy, name="copy"),
    path(f"{REVIEW}copy/<uuid:copy_id>/", copies.withdraw_copy, name="copy-withdraw"),
    path("copies/", copies.copies, name="copies"),
    path("desk/copies/", copying.copies, name="copy-many"),
    path("applications/<uuid:public_id>/remind/", tasks.remind_as_applicant, name="application-remind"),
    path("office/<slug:code>/escalation/", escalation.escalation, name="escalation"),
]
