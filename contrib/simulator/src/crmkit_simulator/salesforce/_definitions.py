"""
The objects that Salesforce itself defines, and their fields, as far as they matter here.

One field a line: name, type with its length, then marks. ``read-only``, ``create-only``,
``required`` (never null), ``defaulted`` (never null, set unless it is given),
``lookup`` (records are found by it), ``restricted`` (no other options than these),
``unfiltered`` (no query can filter by it), ``>`` and the objects that it refers to, and
``=a|b`` for the options, the default one in brackets.
"""

from __future__ import annotations

from typing import NamedTuple


class Definition(NamedTuple):
    """
    An object of Salesforce's own: the prefix of its ids, and its fields.
    """

    prefix: str
    label_plural: str
    fields: str


_FIRST = """
Id                        id(18)         read-only defaulted lookup
IsDeleted                 boolean        read-only defaulted
"""
_AUDIT = """
CreatedDate               datetime       read-only defaulted
CreatedById               reference(18)  read-only defaulted >User
LastModifiedDate          datetime       read-only defaulted
LastModifiedById          reference(18)  read-only defaulted >User
SystemModstamp            datetime       read-only defaulted
"""
_PERSON = """
LastName                  string(80)     required
FirstName                 string(40)
Salutation                picklist(40)   =Mr.|Ms.|Mrs.|Dr.|Prof.
Name                      string(121)    read-only required
Title                     string(128)
Phone                     phone(40)
Fax                       phone(40)
MobilePhone               phone(40)
Email                     email(80)      lookup
LeadSource                picklist(255)  =Web|Phone Inquiry|Partner Referral|Other
Description               textarea(32000) unfiltered
DoNotCall                 boolean
HasOptedOutOfEmail        boolean
HasOptedOutOfFax          boolean
LastActivityDate          date           read-only
LastViewedDate            datetime       read-only
LastReferencedDate        datetime       read-only
EmailBouncedReason        string(255)
EmailBouncedDate          datetime
PhotoUrl                  url(255)       read-only
IndividualId              reference(18)  >Individual
"""


def _address(prefix: str) -> str:
    return f"""
{prefix}Street            textarea(255)
{prefix}City              string(40)
{prefix}State             string(80)
{prefix}PostalCode        string(20)
{prefix}Country           string(80)
{prefix}Latitude          double
{prefix}Longitude         double
{prefix}Address           address        read-only
"""


_CONTACT = """
MasterRecordId            reference(18)  read-only >Contact
AccountId                 reference(18)  >Account
OwnerId                   reference(18)  defaulted >User
HomePhone                 phone(40)
OtherPhone                phone(40)
AssistantPhone            phone(40)
AssistantName             string(40)
ReportsToId               reference(18)  >Contact
Department                string(80)
Birthdate                 date
IsEmailBounced            boolean        read-only defaulted
"""
_LEAD = """
MasterRecordId            reference(18)  read-only >Lead
Company                   string(255)    required
Website                   url(255)
Status                    picklist(255)  defaulted =[Open - Not Contacted]|Working - Contacted|Closed - Converted|Closed - Not Converted
Industry                  picklist(255)  =Agriculture|Banking|Construction|Consulting|Education|Finance|Insurance|Media|Retail|Other
Rating                    picklist(40)   =Hot|Warm|Cold
AnnualRevenue             currency
NumberOfEmployees         int(8)
OwnerId                   reference(18)  defaulted >Group,User
IsConverted               boolean        create-only defaulted
ConvertedDate             date           read-only
ConvertedAccountId        reference(18)  read-only >Account
ConvertedContactId        reference(18)  read-only >Contact
IsUnreadByOwner           boolean        defaulted
"""  # noqa: E501 - a field is one line
_ACCOUNT = """
MasterRecordId            reference(18)  read-only >Account
Name                      string(255)    required
Type                      picklist(40)   =Prospect|Customer - Direct|Customer - Channel|Other
ParentId                  reference(18)  >Account
Phone                     phone(40)
Fax                       phone(40)
AccountNumber             string(40)
Website                   url(255)
Industry                  picklist(40)   =Agriculture|Banking|Construction|Consulting|Education|Finance|Insurance|Media|Retail|Other
AnnualRevenue             currency
NumberOfEmployees         int(8)
Description               textarea(32000) unfiltered
Rating                    picklist(40)   =Hot|Warm|Cold
OwnerId                   reference(18)  defaulted >User
LastActivityDate          date           read-only
"""  # noqa: E501 - likewise
_USER = """
Id                        id(18)         read-only defaulted lookup
Username                  string(80)     required lookup
LastName                  string(80)     required
FirstName                 string(40)
Name                      string(121)    read-only required
Email                     email(128)     required lookup
Alias                     string(8)      required
Title                     string(80)
Phone                     phone(40)
IsActive                  boolean        defaulted
TimeZoneSidKey            picklist(40)   required restricted =Europe/Berlin|America/New_York|America/Los_Angeles|Asia/Tokyo|GMT
LocaleSidKey              picklist(40)   required restricted =en_US|en_GB|de_DE|es_ES|ja_JP
LanguageLocaleKey         picklist(40)   required restricted =en_US|de|es|ja
UserType                  picklist(40)   read-only restricted =Standard|Guest|CsnOnly
"""  # noqa: E501 - likewise
_ACTIVITY = """
WhoId                     reference(18)  >Contact,Lead
WhatId                    reference(18)  >Account
Subject                   combobox(255)  =Call|Email|Send Letter|Send Quote|Other
ActivityDate              date
OwnerId                   reference(18)  defaulted >User
Description               textarea(32000) unfiltered
AccountId                 reference(18)  read-only >Account
IsArchived                boolean        read-only defaulted
IsRecurrence              boolean        create-only defaulted
IsReminderSet             boolean        defaulted
ReminderDateTime          datetime
"""
_TASK = """
Status                    picklist(40)   defaulted =[Not Started]|In Progress|Completed|Waiting on someone else|Deferred
Priority                  picklist(40)   defaulted =High|[Normal]|Low
IsHighPriority            boolean        read-only defaulted
IsClosed                  boolean        read-only defaulted
CallDurationInSeconds     int(8)
CallType                  picklist(40)   restricted =Internal|Inbound|Outbound
CallDisposition           string(255)
CallObject                string(255)
Type                      picklist(40)   =Call|Email|Meeting|Other
TaskSubtype               picklist(40)   create-only restricted =[Task]|Email|List Email|Cadence|Call
CompletedDateTime         datetime       read-only
"""  # noqa: E501 - likewise
_EVENT = """
Location                  string(255)
IsAllDayEvent             boolean        defaulted
ActivityDateTime          datetime
DurationInMinutes         int(8)
StartDateTime             datetime
EndDateTime               datetime
EndDate                   date           read-only
IsPrivate                 boolean        defaulted
ShowAs                    picklist(40)   restricted =[Busy]|OutOfOffice|Free
IsChild                   boolean        read-only defaulted
IsGroupEvent              boolean        read-only defaulted
EventSubtype              picklist(40)   create-only restricted =Event
"""
_CUSTOM = """
OwnerId                   reference(18)  defaulted >Group,User
Name                      string(80)     lookup
"""

OBJECTS = {
    "Account": Definition(
        "001",
        "Accounts",
        _FIRST + _ACCOUNT + _address("Billing") + _address("Shipping") + _AUDIT,
    ),
    "Contact": Definition(
        "003",
        "Contacts",
        _FIRST + _PERSON + _CONTACT + _address("Mailing") + _address("Other") + _AUDIT,
    ),
    "Event": Definition("00U", "Events", _FIRST + _ACTIVITY + _EVENT + _AUDIT),
    "Lead": Definition("00Q", "Leads", _FIRST + _PERSON + _LEAD + _address("") + _AUDIT),
    "Task": Definition("00T", "Tasks", _FIRST + _ACTIVITY + _TASK + _AUDIT),
    "User": Definition("005", "Users", _USER + _AUDIT),
}
CUSTOM = _FIRST + _CUSTOM + _AUDIT
LABELS = {
    "WhoId": "Name ID",
    "WhatId": "Related To ID",
    "Phone": "Business Phone",
    "ActivityDate": "Due Date Only",
    "HasOptedOutOfEmail": "Email Opt Out",
    "HasOptedOutOfFax": "Fax Opt Out",
    "ReportsToId": "Reports To ID",
}
