import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import (
    ConfigurationError,
    ConsentRefused,
    MissingValueError,
    PluginNotFoundError,
    RateLimitedError,
    RetryableError,
    TemplateError,
    UnavailableError,
    errors,
)


def is_error(value):
    """
    Tell whether a value is a class of errors.
    """
    return isinstance(value, type) and issubclass(value, Exception)


@pytest.mark.parametrize("kind", [obj for obj in vars(errors).values() if is_error(obj)])
def test_retryable(kind):
    """
    A script decides from the type alone whether trying again can help: two kinds do.
    """
    helps = {RetryableError, RateLimitedError, UnavailableError}

    assert issubclass(kind, RetryableError) == (kind in helps)


def test_sent_is_asked():
    """
    Whether a request may have reached the CRM must be said, never guessed.
    """
    with pytest.raises(TypeError, match="sent"):
        UnavailableError("gone")


@given(st.text(), st.booleans(), st.none() | st.floats(0, 1e6))
def test_unavailable_travels(message, sent, retry_after):
    """
    The error whose constructor asks for more crosses to another process unharmed.
    """
    error = UnavailableError(message, sent=sent, retry_after=retry_after, status=503)
    copy = pickle.loads(pickle.dumps(error))

    assert str(copy) == message
    assert (copy.sent, copy.retry_after, copy.status) == (sent, retry_after, 503)


def test_refusal_travels():
    """
    A refusal keeps who said so and since when, also in another process.
    """
    since = datetime(2026, 5, 1, tzinfo=UTC)
    error = ConsentRefused("no", channel="sms", source="form", as_of=since, client_id="7")
    copy = pickle.loads(pickle.dumps(error))

    assert (copy.channel, copy.source, copy.as_of) == ("sms", "form", since)
    assert copy.client_id == "7"


def test_missing_value_is_template_error():
    """
    Who catches errors of templates catches missing values too.
    """
    error = MissingValueError("no", line=2, column=5, token="a", names=["a", "b"])

    assert isinstance(error, TemplateError)
    assert (error.line, error.column, error.names) == (2, 5, ("a", "b"))


def test_plugin_is_configuration():
    """
    A plugin that is not there is mended like any wrong setting.
    """
    assert isinstance(PluginNotFoundError("no", plugin="acme"), ConfigurationError)
