"""Where the pages of accounts live; allauth's own names have no prefix, ours do."""

from django.urls import include, path

from accounts import views

pages = [
    path("", views.home, name="home"),
    path("accounts/profile/", views.profile_show, name="profile-show"),
    path("accounts/people/", views.people_list, name="people-list"),
    path("accounts/people/invite/", views.person_invite, name="person-invite"),
    path("accounts/people/<int:pk>/", views.person_show, name="person-show"),
    path("accounts/people/<int:pk>/invitation/", views.invitation_send, name="invitation-send"),
    path("accounts/people/<int:pk>/memberships/", views.membership_grant, name="membership-grant"),
    path("accounts/memberships/<int:pk>/end/", views.membership_end, name="membership-end"),
    path("accounts/audit/", views.audit_list, name="audit-list"),
    # An address is vouched for by the administrator; nobody adds another to their own account.
    path("accounts/email/", views.own_email, name="email-vouched-for"),
]

urlpatterns = [
    path("", include((pages, "accounts"))),
    path("accounts/", include("allauth.urls")),
]
