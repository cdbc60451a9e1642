"""What is kept sealed: the only importer of the crypto library. Its keys come from the server's own secret."""

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox


class Unreadable(ValueError):  # noqa: N818 - it names what was found
    """This wasn't sealed with our key, or not as it is now."""


class Vault:
    """Seals and opens bytes with one key of 32 bytes (XSalsa20-Poly1305, a new nonce each time)."""

    def __init__(self, key: bytes) -> None:
        self._box = SecretBox(key)

    def seal(self, plain: bytes) -> bytes:
        """Bytes that tell nothing without the key, and can't be changed unnoticed."""
        return bytes(self._box.encrypt(plain))

    def open(self, sealed: bytes) -> bytes:
        """What was sealed. Raises Unreadable, which quotes nothing."""
        try:
            return bytes(self._box.decrypt(sealed))
        except (CryptoError, ValueError):
            raise Unreadable("sealed with another key, or damaged") from None
