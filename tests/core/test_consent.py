from datetime import UTC, datetime, timedelta

import pytest

from crmkit import (
    AddressMissingError,
    ClientData,
    ClientNotFoundError,
    ConfigurationError,
    Consent,
    ConsentRefused,
    CRMConnector,
    PersonalizedContent,
    ProviderInfo,
    UnavailableError,
    hookimpl,
)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
CHANNELS = {"email": "email", "email_html": "email", "subject": "email", "sms": "sms"}
CHANNELS["push"] = "push"
STATUSES = ["opted_in", "opted_out", "unspecified", "do_not_contact"]


class Clock:
    """
    A clock that stands until it is moved.
    """

    def __init__(self):
        self.time = NOON

    def now(self):
        return self.time

    def monotonic(self):
        return self.time.timestamp()

    def sleep(self, seconds):
        self.time += timedelta(seconds=seconds)


def client(*consents, **fields):
    """
    Return a client who said this.
    """
    fields = {"id": "7", "email": "a@x.example", "phone": "+34", **fields}
    return ClientData(consent=consents, **fields)


def said(channel, status, **more):
    """
    Return a consent.
    """
    return Consent(channel=channel, status=status, **more)


def outcome(whom, sources=(), **request):
    """
    Return the content made for a client, or the refusal.
    """
    with CRMConnector(consent_sources=sources) as connector:
        try:
            return connector.personalize_content("Hi", whom, **request)
        except ConsentRefused as refusal:
            return refusal


def admitted(whom, sources=(), **request):
    """
    Tell whether there is content for a client.
    """
    return isinstance(outcome(whom, sources, **request), PersonalizedContent)


@pytest.mark.parametrize("content_type", CHANNELS)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("everywhere", [True, False])
def test_permissive(content_type, status, everywhere):
    """
    Without an opt-out of this channel or of all there is content.
    """
    channel = "*" if everywhere else CHANNELS[content_type]
    content = admitted(client(said(channel, status)), content_type=content_type)

    assert content == (status in {"opted_in", "unspecified"})


@pytest.mark.parametrize("content_type", CHANNELS)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("everywhere", [True, False])
def test_strict(content_type, status, everywhere):
    """
    In strict mode there is content for an opt-in alone.
    """
    channel = "*" if everywhere else CHANNELS[content_type]
    whom = client(said(channel, status))

    content = admitted(whom, content_type=content_type, mode="strict")

    assert content == (status == "opted_in")
    assert not admitted(client(), content_type=content_type, mode="strict")


@pytest.mark.parametrize("mode", ["permissive", "strict"])
@pytest.mark.parametrize("status", STATUSES)
def test_transactional(mode, status):
    """
    A transactional message passes an opt-out and needs no opt-in, but no do-not-contact.
    """
    whom = client(said("email", status))

    assert admitted(whom, purpose="transactional", mode=mode) == (
        status != "do_not_contact"
    )


@pytest.mark.parametrize("content_type", ["social", "plain"])
def test_no_channel(content_type):
    """
    What is addressed to nobody asks nobody.
    """
    whom = client(said("*", "do_not_contact"), email=None, phone=None)

    assert admitted(whom, content_type=content_type, mode="strict")


def test_other_channel():
    """
    An opt-out of one channel is none of another.
    """
    whom = client(said("sms", "opted_out"))

    assert admitted(whom, content_type="email")
    assert not admitted(whom, content_type="sms")


def test_refusal():
    """
    A refusal tells channel, source and since when, and nothing of the person.
    """
    whom = client(said("email", "opted_out", source="web form", as_of=NOON), name="s3cret")
    refusal = outcome(whom)

    assert isinstance(refusal, ConsentRefused)
    assert (refusal.channel, refusal.source, refusal.as_of) == ("email", "web form", NOON)
    assert refusal.client_id == "7"
    assert "web form" in str(refusal)
    assert "a@x.example" not in str(refusal)
    assert "s3cret" not in str(refusal)


def test_source_sees_client():
    """
    A source of consent is asked for each client anew.
    """
    asked = []

    def source(whom):
        asked.append(whom.id)
        return [said("email", "opted_out")] if whom.id == "7" else []

    assert not admitted(client(), [source])
    assert admitted(client(id="8"), [source])
    assert asked == ["7", "8"]


@pytest.mark.parametrize(
    "source",
    [
        lambda whom: 1 / 0,
        lambda whom: [{}[whom.email]],
        lambda whom: None,
        lambda whom: ["opted_in"],
        lambda whom: [None],
    ],
    ids=["error", "key error", "none", "texts", "list of none"],
)
def test_broken_source(source):
    """
    A source that fails is a refusal: what it would have said may be an opt-out.
    """
    refusal = outcome(client(), [source])

    assert isinstance(refusal, ConsentRefused)
    assert refusal.client_id == "7"
    assert "a@x.example" not in str(refusal)


@pytest.mark.parametrize(
    ("content_type", "field", "called"),
    [
        ("email", "email", "e-mail address"),
        ("email_html", "email", "e-mail address"),
        ("subject", "email", "e-mail address"),
        ("sms", "phone", "phone number"),
    ],
)
@pytest.mark.parametrize("address", [None, "", "  ", "a@x.example\r\nBcc: b@x.example"])
def test_address_missing(content_type, field, called, address):
    """
    Without a usable address there is no content, and the error names client and type.
    """
    with CRMConnector() as connector, pytest.raises(AddressMissingError) as caught:
        connector.personalize_content(
            "Hi", client(**{field: address}), content_type=content_type
        )

    assert (caught.value.content_type, caught.value.client_id) == (content_type, "7")
    assert called in str(caught.value)
    assert "Bcc" not in str(caught.value)


def test_address():
    """
    The result names the address, without the spaces that a CRM left around it.
    """
    assert outcome(client(email=" a@x.example\t")).to == "a@x.example"
    assert outcome(client(), content_type="sms").to == "+34"
    assert outcome(client(), content_type="push").to is None


def test_consent_before_address():
    """
    A client without an address who opted out is refused for the opt-out.
    """
    assert not admitted(client(said("email", "opted_out"), email=None))


class Acme:
    """
    A CRM whose client changes the mind.
    """

    def __init__(self):
        self.says, self.asked, self.error = [], [], None

    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(label="Acme")

    @hookimpl
    def crmkit_fetch(self, session, ids):
        self.asked.append((session.user_id, list(ids)))
        if self.error:
            raise self.error
        return [client(*self.says, id=client_id) for client_id in ids]

    @hookimpl
    def crmkit_sync(self):
        return []


@pytest.fixture
def acme():
    """
    Return a CRM.
    """
    return Acme()


@pytest.fixture
def clock():
    """
    Return a clock that stands.
    """
    return Clock()


@pytest.fixture
def connector(acme, clock):
    """
    Return a connector that trusts a consent for a minute, and keeps clients for an hour.
    """
    with CRMConnector(
        default_provider="acme",
        plugins={"acme": acme},
        clock=clock,
        consent_max_age=60,
        cache_ttl=3600,
    ) as made:
        yield made


def test_fresh_consent(connector, acme, clock):
    """
    A consent as old as allowed is not read again.
    """
    whom = connector.get_client_data("7")
    clock.sleep(60)

    assert connector.personalize_content("Hi", whom).content == "Hi"
    assert len(acme.asked) == 1


def test_consent_read_anew(connector, acme, clock):
    """
    An older one is, past the cache and for the same user, and what is said now counts.
    """
    whom = connector.get_client_data("7", user_id="laura")
    acme.says = [said("email", "opted_out")]
    clock.sleep(61)

    with pytest.raises(ConsentRefused, match="opted out"):
        connector.personalize_content("Hi", whom, user_id="laura")

    assert acme.asked == [("laura", ["7"])] * 2


def test_consent_given_anew(connector, acme, clock):
    """
    Who opted in meanwhile gets content, made of what the CRM says now.
    """
    acme.says = [said("email", "opted_out")]
    whom = connector.get_client_data("7")
    acme.says = []
    clock.sleep(61)

    assert connector.personalize_content("Hi", whom).content == "Hi"


def test_preview_without_the_crm(connector, acme, clock):
    """
    A preview shows what is known where the CRM cannot be asked, with its error.
    """
    whom = connector.get_client_data("7")
    acme.error = ClientNotFoundError("gone")
    clock.sleep(61)
    shown = connector.preview("Hi {{ id }}", whom)

    assert shown.content == "Hi 7"
    assert type(shown.refused) is ClientNotFoundError


def test_many_are_read_anew_once(connector, acme, clock):
    """
    What was read anew is kept: the next message to the client asks nobody.
    """
    connector.get_client_data("7")
    clock.sleep(61)
    for _ in range(3):
        connector.personalize_content("Hi", connector.get_client_data("7"))

    assert len(acme.asked) == 2


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (UnavailableError("gone", sent=False), UnavailableError),
        (ClientNotFoundError("gone"), ClientNotFoundError),
    ],
    ids=["down", "deleted"],
)
def test_consent_not_readable(connector, acme, clock, error, kind):
    """
    Where the consent cannot be read there is no content, and the error names the client.
    """
    whom = connector.get_client_data("7")
    clock.sleep(61)
    acme.error = error

    with pytest.raises(kind) as caught:
        connector.personalize_content("Hi", whom)

    assert caught.value.client_id == "7"


def test_consent_of_nobody(connector):
    """
    The consent of a client that no CRM gave cannot be read anew, so it is refused.
    """
    with pytest.raises(ConsentRefused, match="older than allowed") as caught:
        connector.personalize_content("Hi", client())

    assert caught.value.client_id == "7"
    assert connector.personalize_content("Hi", client(), content_type="plain").content


@pytest.mark.parametrize("argument", [{"purpose": "spam"}, {"mode": "lax"}])
def test_wrong_policy(argument):
    """
    A purpose or mode that is none is a mistake of the caller, not a permission.
    """
    with pytest.raises(ConfigurationError):
        outcome(client(), **argument)


@pytest.mark.parametrize(
    "address",
    [
        *("N/A", "-", "a@", "@x.example", "a@b@c.example", "a b@x.example"),
        *("mailto:a@x.example", "<a@x.example>", "a@x.example; b@x.example", "a@x,b@y"),
    ],
)
def test_no_address(address):
    """
    What is written where there is no address, or several in one field, is none.
    """
    with CRMConnector() as connector, pytest.raises(AddressMissingError, match="usable"):
        connector.personalize_content("Hi", client(email=address))


@pytest.mark.parametrize(
    ("phone", "usable"),
    [
        *(("+34 612 345 678", True), ("(030) 901820", True), ("Tel. 030/1", True)),
        *(("N/A", False), ("-", False), ("1;\n2", False), ("1, 2", False)),
    ],
)
def test_phone(phone, usable):
    """
    A telephone number has digits, and is one.
    """
    with CRMConnector() as connector:
        made = next(
            connector.personalize_many("Hi", [client(phone=phone)], content_type="sms")
        )

    assert isinstance(made, PersonalizedContent) == usable
