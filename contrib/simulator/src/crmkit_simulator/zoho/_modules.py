"""
The modules of an account, and the fields that Zoho gives to each.
"""

from __future__ import annotations

from dataclasses import dataclass

CLIENTS = ("Contacts", "Leads")
ACTIVITIES = ("Notes", "Calls", "Events", "Tasks")

_LENGTHS = {
    "text": 255,
    "email": 100,
    "phone": 30,
    "website": 450,
    "textarea": 32_000,
    "picklist": 120,
    "multiselectpicklist": 765,
    "integer": 9,
    "bigint": 18,
    "double": 16,
    "currency": 16,
    "percent": 5,
    "date": 20,
    "datetime": 120,
    "lookup": 120,
    "ownerlookup": 120,
    "boolean": 5,
}
TYPES = tuple(_LENGTHS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """
    A field of a module; *type* is Zoho's data_type, *to* the module of a lookup.

    *options* are the values of a picklist, each as it is shown and as it is stored.
    """

    name: str
    type: str = "text"
    label: str = ""
    length: int = 0
    options: tuple[tuple[str, str], ...] = ()
    to: str = ""
    required: bool = False
    read_only: bool = False
    unique: bool = False
    custom: bool = False
    hidden: bool = False

    @property
    def most(self) -> int:
        """
        How long its value may be.
        """
        return self.length or _LENGTHS.get(self.type, 255)


_SYSTEM = """
Owner ownerlookup
Created_By ownerlookup read_only
Modified_By ownerlookup read_only
Created_Time datetime read_only
Modified_Time datetime read_only
"""
_TAGGED = """
Tag tags
Last_Activity_Time datetime read_only
Locked__s boolean read_only
"""
_PERSON = """
Salutation picklist Mr.|Mrs.|Ms.|Dr.|Prof.
First_Name text 40
Last_Name text 80 required
Full_Name text 80 read_only
Email email 100
Secondary_Email email 100
Phone phone 30
Mobile phone 30
Fax text 30
Title text 100
Description textarea 32000
Skype_ID text 50
Twitter text 50
Lead_Source picklist Advertisement|Cold Call|External Referral|Partner|Trade Show|Web
Email_Opt_Out boolean
Unsubscribed_Mode picklist read_only Consent form|Manual|Unsubscribe link|Zoho campaigns
Unsubscribed_Time datetime read_only
"""
_CONTACT = """
Account_Name lookup Accounts
Vendor_Name lookup Accounts
Home_Phone phone 30
Other_Phone phone 30
Asst_Phone phone 30
Assistant text 50
Department text 50
Date_of_Birth date
Reporting_To lookup Contacts
Mailing_Street text 250
Mailing_City text 100
Mailing_State text 100
Mailing_Zip text 30
Mailing_Country text 100
Other_Street text 250
Other_City text 100
Other_State text 100
Other_Zip text 30
Other_Country text 100
"""
_LEAD = """
Company text 200
Website website
Lead_Status picklist Attempted to Contact|Contacted|Lost Lead|Not Contacted|Pre-Qualified
Industry picklist Real Estate|Technology|Government
Rating picklist Acquired|Active|Market Failed
No_of_Employees integer
Annual_Revenue currency
Street text 250
City text 100
State text 100
Zip_Code text 30
Country text 100
Converted__s boolean read_only
"""
_ABOUT = """
Who_Id lookup Contacts
What_Id lookup se_module
"""
_NOTE = """
Note_Title text 120
Note_Content textarea 65535
Parent_Id parent required
"""
_CALL = """
Subject text 255 required
Call_Type picklist required Inbound|Missed|Outbound
Call_Start_Time datetime required
Call_Duration text 20 required
Call_Duration_in_seconds integer read_only
Outbound_Call_Status picklist Cancelled|Completed|Overdue|Scheduled
Call_Status text 50 read_only
Call_Purpose picklist Administrative|Demo|Desk|Negotiation|Project|Prospecting
Call_Result picklist Interested|Not interested|No response/Busy|Requested more info|\
Requested call back|Invalid number
Call_Agenda textarea 1500
Caller_ID text 60 read_only
Dialled_Number text 60 read_only
Description textarea 32000
"""
_EVENT = """
Event_Title text 255 required
Start_DateTime datetime required
End_DateTime datetime required
All_day boolean
Venue text 255
Participants participants
Check_In_Status text 50 read_only
Description textarea 32000
"""
_TASK = """
Subject text 255 required
Due_Date date
Status picklist Completed|Deferred|In Progress|Not Started|Waiting for input
Priority picklist High|Highest|Low|Lowest|Normal
Closed_Time datetime read_only
Send_Notification_Email boolean
Description textarea 32000
"""
_ACCOUNT = """
Account_Name text 200 required
Phone phone 30
Website website
Description textarea 32000
"""
_DEAL = """
Deal_Name text 120 required
Stage picklist required Qualification|Negotiation/Review|Closed Won|Closed Lost
Amount currency
Closing_Date date
Account_Name lookup Accounts
Contact_Name lookup Contacts
Description textarea 32000
"""
_TABLES = {
    "Contacts": _SYSTEM + _TAGGED + _PERSON + _CONTACT,
    "Leads": _SYSTEM + _TAGGED + _PERSON + _LEAD,
    "Notes": _SYSTEM + _NOTE,
    "Calls": _SYSTEM + _TAGGED + _ABOUT + _CALL,
    "Events": _SYSTEM + _TAGGED + _ABOUT + _EVENT,
    "Tasks": _SYSTEM + _TAGGED + _ABOUT + _TASK,
    "Accounts": _SYSTEM + _TAGGED + _ACCOUNT,
    "Deals": _SYSTEM + _TAGGED + _DEAL,
}
MODULES = tuple(_TABLES)
TITLES = {
    "Contacts": "Full_Name",
    "Leads": "Full_Name",
    "Notes": "Note_Title",
    "Calls": "Subject",
    "Events": "Event_Title",
    "Tasks": "Subject",
    "Accounts": "Account_Name",
    "Deals": "Deal_Name",
}


def fields_of(module: str) -> dict[str, Field]:
    """
    Return the fields that a module has from the start, by name.
    """
    lines = filter(None, _TABLES[module].splitlines())
    return {field.name: field for field in map(_field, lines)}


def _field(line: str) -> Field:
    name, type_, *words = line.split()
    flags = {word: True for word in words if word in {"required", "read_only"}}
    rest = " ".join(word for word in words if word not in flags)
    choices = rest.split("|") if type_ == "picklist" else ()
    return Field(
        name=name,
        type=type_,
        label=name.removesuffix("__s").replace("_", " "),
        length=int(rest) if rest.isdecimal() else 0,
        options=tuple((choice, choice) for choice in choices),
        to=rest if type_ == "lookup" else "",
        **flags,
    )
