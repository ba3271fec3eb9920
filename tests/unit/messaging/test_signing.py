import time
from base64 import b64decode

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from leadlight.messaging.signing import new_secret, shown, signature, signed_headers

BODY = '{"type":"hand_off.opened","data":{"name":"Łucja Šarić"}}'


def test_the_standard_verifier_accepts_our_signature():
    secret = new_secret()
    headers = signed_headers([secret], "msg_1", int(time.time()), BODY.encode())
    assert Webhook(shown(secret)).verify(BODY, headers)["type"] == "hand_off.opened"


def test_while_rotating_both_secrets_verify():
    old, new = new_secret(), new_secret()
    headers = signed_headers([new, old], "msg_1", int(time.time()), BODY.encode())
    for secret in (old, new):
        Webhook(shown(secret)).verify(BODY, headers)


@pytest.mark.parametrize("field", ["body", "id", "timestamp", "secret"])
def test_any_change_breaks_the_signature(field):
    secret, now = new_secret(), int(time.time())
    headers = signed_headers([secret], "msg_1", now, BODY.encode())
    body = BODY + " " if field == "body" else BODY
    headers |= {"id": {"webhook-id": "msg_2"}, "timestamp": {"webhook-timestamp": str(now + 1)}}.get(field, {})
    verifier = Webhook(shown(new_secret() if field == "secret" else secret))
    with pytest.raises(WebhookVerificationError):
        verifier.verify(body, headers)


def test_a_known_signature():
    # Example of the specification: https://github.com/standard-webhooks/standard-webhooks (libraries' test vector)
    secret = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secrets_have_the_length_of_the_specification():
    assert 24 <= len(new_secret()) <= 64
    assert shown(new_secret()).startswith("whsec_")
