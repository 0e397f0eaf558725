"""Keeps the secrets of second factors encrypted, so that a copy of the database holds none."""

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return _locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _locks().decrypt(encrypted_text.encode()).decode()


def _locks() -> MultiFernet:
    """The first key encrypts; older ones still open what they closed before SECRET_KEY changed."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key_of(secret)) for secret in keys])


def _key_of(secret: str) -> bytes:
    digest = hashlib.sha256(b"second factor" + secret.encode()).digest()
    return base64.urlsafe_b64encode(digest)
