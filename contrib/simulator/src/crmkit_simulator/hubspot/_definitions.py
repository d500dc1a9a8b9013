"""
The properties that HubSpot itself defines, as far as they matter here.

One a line: name, type, then marks. ``read-only``, ``unique``, ``external`` (its options are
kept elsewhere and not listed), ``many`` (several values, separated by semicolons),
``long`` (more than one line), and ``=a|b`` for the options.
"""

from __future__ import annotations

_ALL = """
hs_object_id                 number      read-only
hs_object_source             string      read-only
hs_object_source_id          string      read-only
hs_object_source_label       string      read-only
hubspot_owner_id             enumeration external
hubspot_owner_assigneddate   datetime    read-only
hs_all_owner_ids             enumeration external read-only many
"""
_ACTIVITY = """
hs_createdate                datetime    read-only
hs_lastmodifieddate          datetime    read-only
hs_object_coordinates        string      read-only
hs_timestamp                 datetime
hs_body_preview              string      read-only
hs_body_preview_html         string      read-only
hs_body_preview_is_truncated bool        read-only
hs_attachment_ids            string
hs_unique_creation_key       string      read-only unique
"""
_CONTACTS = """
createdate                   datetime    read-only
lastmodifieddate             datetime    read-only
email                        string      unique
firstname                    string
lastname                     string
salutation                   string
phone                        phone_number
mobilephone                  phone_number
fax                          string
company                      string
jobtitle                     string
website                      string
address                      string
city                         string
state                        string
zip                          string
country                      string
date_of_birth                string
message                      string      long
annualrevenue                string
hs_additional_emails         enumeration external read-only many
hs_merged_object_ids         enumeration external read-only many
hs_language                  enumeration =da|de|de-at|de-ch|de-de|en|en-gb|en-us|es|es-es|\
es-mx|fi|fr|fr-ca|fr-fr|it|it-it|ja|ja-jp|nl|nl-nl|no|pl|pt|pt-br|pt-pt|sv|zh|zh-cn|zh-tw
hs_timezone                  enumeration =africa_slash_accra|america_slash_chicago|\
america_slash_denver|america_slash_los_angeles|america_slash_mexico_city|\
america_slash_new_york|america_slash_sao_paulo|asia_slash_shanghai|asia_slash_tokyo|\
europe_slash_berlin|europe_slash_lisbon|europe_slash_london|europe_slash_madrid|\
europe_slash_paris|europe_slash_zurich|utc
hs_email_optout              bool        read-only
hs_email_bounce              number      read-only
hs_email_hard_bounce_reason_enum enumeration read-only =BLOCKED|CONTENT|MAILBOX_FULL|OTHER|\
POLICY|SPAM|UNKNOWN_USER
hs_email_last_send_date      datetime    read-only
hs_email_open                number      read-only
hs_marketable_status         enumeration read-only =true|false
hs_legal_basis               enumeration many =\
Legitimate interest \N{EN DASH} prospect/lead|\
Legitimate interest \N{EN DASH} existing customer|Legitimate interest - other|\
Performance of a contract|Freely given consent from contact|Not applicable
hs_lead_status               enumeration =NEW|OPEN|IN_PROGRESS|OPEN_DEAL|UNQUALIFIED|\
ATTEMPTED_TO_CONTACT|CONNECTED|BAD_TIMING
lifecyclestage               enumeration =subscriber|lead|marketingqualifiedlead|\
salesqualifiedlead|opportunity|customer|evangelist|other
notes_last_contacted         datetime    read-only
num_contacted_notes          number      read-only
"""
PROPERTIES = {
    "contacts": _ALL + _CONTACTS,
    "notes": _ALL
    + _ACTIVITY
    + """
hs_note_body                 string      long
""",
    "calls": _ALL
    + _ACTIVITY
    + """
hs_activity_type             enumeration external
hs_call_title                string
hs_call_body                 string      long
hs_call_duration             number
hs_call_from_number          string
hs_call_to_number            string
hs_call_direction            enumeration =INBOUND|OUTBOUND
hs_call_status               enumeration =BUSY|CALLING_CRM_USER|CANCELED|COMPLETED|\
CONNECTING|FAILED|IN_PROGRESS|NO_ANSWER|QUEUED|RINGING
hs_call_disposition          enumeration =9d9162e7-6cf3-4944-bf63-4dff82258764|\
f240bbac-87c9-4f6e-bf70-924b57d47db7|a4c4c377-d246-4b32-a13b-75a56a4cd0ff|\
b2cf5968-551e-4856-9783-52b3da59a7d0|73a0d17f-1163-4015-bdd5-ec830791da20|\
17b47fee-58de-441e-a44c-c6300d46f273
hs_call_recording_url        string
hs_call_source               string
""",
    "emails": _ALL
    + _ACTIVITY
    + """
hs_email_direction           enumeration =EMAIL|INCOMING_EMAIL|FORWARDED_EMAIL
hs_email_status              enumeration =BOUNCED|FAILED|SCHEDULED|SENDING|SENT
hs_email_subject             string
hs_email_text                string      long
hs_email_html                string      long
hs_email_headers             string      long
hs_email_from_email          string      read-only
hs_email_from_firstname      string      read-only
hs_email_from_lastname       string      read-only
hs_email_to_email            string      read-only
hs_email_to_firstname        string      read-only
hs_email_to_lastname         string      read-only
""",
    "meetings": _ALL
    + _ACTIVITY
    + """
hs_activity_type             enumeration external
hs_meeting_title             string
hs_meeting_body              string      long
hs_internal_meeting_notes    string      long
hs_meeting_start_time        datetime
hs_meeting_end_time          datetime
hs_meeting_location          string
hs_meeting_external_url      string
hs_meeting_outcome           enumeration =SCHEDULED|COMPLETED|RESCHEDULED|NO_SHOW|CANCELED
""",
    "tasks": _ALL
    + _ACTIVITY
    + """
hs_task_subject              string
hs_task_body                 string      long
hs_task_status               enumeration =NOT_STARTED|IN_PROGRESS|WAITING|COMPLETED|DEFERRED
hs_task_priority             enumeration =NONE|LOW|MEDIUM|HIGH
hs_task_type                 enumeration =EMAIL|CALL|TODO
hs_task_reminders            string
""",
    "communications": _ALL
    + _ACTIVITY
    + """
hs_communication_body        string      long
hs_communication_channel_type enumeration =SMS|WHATS_APP|LINKEDIN_MESSAGE
hs_communication_logged_from enumeration =CRM
""",
    "companies": _ALL
    + """
createdate                   datetime    read-only
hs_lastmodifieddate          datetime    read-only
name                         string
domain                       string
phone                        string
city                         string
country                      string
industry                     string
numberofemployees            number
""",
    "deals": _ALL
    + """
createdate                   datetime    read-only
hs_lastmodifieddate          datetime    read-only
dealname                     string
dealstage                    string
pipeline                     string
amount                       number
closedate                    datetime
""",
    "tickets": _ALL
    + """
createdate                   datetime    read-only
hs_lastmodifieddate          datetime    read-only
subject                      string
content                      string      long
hs_pipeline                  string
hs_pipeline_stage            string
hs_ticket_priority           enumeration =LOW|MEDIUM|HIGH|URGENT
""",
}
