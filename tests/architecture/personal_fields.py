"""Which fields of each model are personal, said by somebody who thought about it.

`names`: identifies a person directly. `about`: tells of somebody's health or life, or is free text
in which it may be told. Foreign keys are not listed: what they lead to is said there. A history
table holds what its model holds.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Personal:
    names: set[str] = field(default_factory=set)
    about: set[str] = field(default_factory=set)
    # Free text and JSON that hold no person's words or facts.
    harmless: set[str] = field(default_factory=set)


NOTHING = Personal()

PERSONAL: dict[str, Personal] = {
    "accounts.User": Personal(
        names={"username", "first_name", "last_name", "email", "registration_number"},
        about={"profession", "last_login", "password"},
    ),
    "accounts.Membership": Personal(about={"role", "scope", "code", "senior_decision_maker"}),
    "accounts.AuditEvent": Personal(names={"from_address"}, about={"detail", "subject_id"}),
    "accounts.Look": Personal(names={"from_address"}, about={"subject_id"}),
    "capacity.Region": NOTHING,
    "capacity.IntegratedCareBoard": NOTHING,
    "capacity.Population": NOTHING,
    "capacity.PopulationBand": NOTHING,
    "capacity.Provider": NOTHING,
    "capacity.Succession": NOTHING,
    "capacity.Ward": NOTHING,
    "capacity.WardHours": NOTHING,
    "capacity.WardPeriod": NOTHING,
    "capacity.WardExclusion": NOTHING,
    "capacity.Bed": NOTHING,
    "capacity.BedAllocation": NOTHING,
    "capacity.BedClosure": NOTHING,
    "capacity.StaffedBeds": NOTHING,
    "capacity.CountCorrection": NOTHING,
    "capacity.DailyBeds": NOTHING,
    "capacity.DailyPatients": NOTHING,
    "capacity.DailySums": NOTHING,
    "capacity.SettledDay": NOTHING,
    "capacity.StaleFigure": NOTHING,
    "capacity.KeptWard": NOTHING,
    "capacity.KeptBeds": NOTHING,
    "capacity.KeptPatients": NOTHING,
    "capacity.Target": NOTHING,
    "capacity.LeaveSetting": Personal(harmless={"reason"}),
    "capacity.PlannedBeds": Personal(harmless={"where"}),
    "capacity.StatedChange": Personal(harmless={"measure", "pathway", "reason", "place_code"}),
    "capacity.PublishedFigure": NOTHING,
    "capacity.Thursday": NOTHING,
    "capacity.FrozenBeds": NOTHING,
    "capacity.FrozenPatients": NOTHING,
    # Counts only; why it was reopened is about figures, and stands here all the same.
    "capacity.SitRep": Personal(harmless={"figures"}),
    # Pseudonymised, and personal data still.
    "capacity.Spell": Personal(
        about={
            "person_key",
            "age_on_admission",
            "sex",
            "ethnicity_group",
            "residence",
            "home_icb",
            "deprivation_decile",
            "source",
            "destination",
            "referred_at",
            "accepted_at",
            "admitted_at",
            "discharged_at",
        }
    ),
    "capacity.Stay": Personal(about={"pathway", "route", "starts", "ends", "end_reason"}),
    "capacity.Leave": Personal(about={"kind", "starts", "expected_back", "ends"}),
    "capacity.Delay": Personal(about={"cause", "starts", "ends"}),
    "capacity.ReferralFact": Personal(
        about={"pathway", "route", "source", "referred_at", "outcome", "decline_reason"}
    ),
    "patients.MinimumDataSet": NOTHING,
    # Pseudonymised, and personal data still.
    "patients.MinimumDataSetRow": Personal(
        about={
            "spell_id",
            "person_key",
            "admission_source",
            "admitted_on",
            "discharged_on",
            "length_of_stay",
            "birth_month",
            "age_on_admission",
            "sex",
            "ethnicity_group",
            "lsoa",
            "referral_group",
            "referred_on",
            "accepted_on",
            "icd10_group",
            "discharge_method",
            "destination",
            "pathway",
            "route",
        }
    ),
    "patients.Pathway": NOTHING,
    "patients.PathwayVersion": Personal(harmless={"criteria", "schedule", "ruleset", "responses"}),
    "patients.PathwayDraft": Personal(harmless={"criteria", "schedule", "ruleset", "responses"}),
    "patients.EarlierPathway": Personal(about={"ends", "reason"}),
    "patients.WardPathway": NOTHING,
    "patients.Place": Personal(about={"name", "address", "postcode", "phone"}),
    "patients.Patient": Personal(
        names={"family_name", "given_name", "title", "born", "phone", "address", "postcode"},
        about={
            "died_at",
            "sex",
            "ethnicity_group",
            "deprivation_decile",
            "home_icb",
            "language",
            "lives_with",
            "no_nhs_number_reason",
        },
    ),
    "patients.Identifier": Personal(names={"value"}, about={"assigner", "status"}),
    "patients.Contact": Personal(
        names={"name", "phone"},
        about={"relationship", "language", "is_carer", "must_not_be_told", "note"},
    ),
    "patients.SafetyRecord": Personal(about={"topic", "state", "text", "source"}),
    "patients.HomeRecord": Personal(about={"topic", "state", "text", "source", "marks"}),
    "patients.Check": Personal(
        about={"topic", "answer", "text", "given_by", "given_with", "given_at"}
    ),
    # The way into somebody's home: shown by a POST alone, which is audited.
    "patients.KeySafe": Personal(names={"code", "place"}, about={"there"}),
    # Restricted to those who treat the patient; each opening is audited with its reason.
    "patients.SafeguardingNote": Personal(about={"none", "text", "told_to", "ended_why"}),
    "patients.Referral": Personal(
        about={"reason", "facts", "source", "route", "outcome", "decline_reason", "decision_note"}
    ),
    "patients.ReferralClock": NOTHING,
    "patients.RecordChange": Personal(
        names={"wanted", "moved"}, about={"kind", "reason", "decision_note"}
    ),
    "patients.Admission": Personal(
        about={
            "admitted_at",
            "expected_discharge",
            "ready_since",
            "usual_news2",
            "usual_spo2",
            "discharged_at",
            "destination",
            "discharge_note",
            "medicine_changes",
            "follow_up",
            "safety_net_advice",
        }
    ),
    "patients.ExpectedDischarge": Personal(about={"day", "reason", "cause", "ready_since"}),
    "patients.Discharge": Personal(
        about={
            "outcome",
            "medicines",
            "follow_up",
            "capacity",
            "advice_given",
            "kit_back",
            "kit_due",
        }
    ),
    "patients.MedicineChange": Personal(about={"drug", "change", "dose", "why"}),
    "patients.FollowUp": Personal(about={"what", "by_whom", "by_when"}),
    "patients.LeaveDetail": Personal(names={"phone"}, about={"place", "held_by"}),
    "patients.MonitoringMode": Personal(about={"mode", "reason"}),
    "patients.PlanLine": Personal(about={"kind", "low", "high", "reason"}, harmless={"times"}),
    "patients.PrescribedOxygen": Personal(about={"litres_per_minute"}),
    "patients.Pause": Personal(about={"reason", "starts", "ends"}),
    "observations.Finding": Personal(
        about={"rule", "measured_at", "priority", "parameters", "text", "values"}
    ),
    "observations.Alert": Personal(about={"subject", "priority", "outcome", "outcome_note"}),
    "observations.Trigger": Personal(about={"rule", "priority", "parameters", "text"}),
    "observations.Bell": Personal(about={"rule", "why", "priority", "text"}),
    "observations.BellDelivery": Personal(about={"told"}),
    "observations.AlertEvent": Personal(about={"what", "text"}),
    "observations.Prompt": Personal(about={"kind", "text", "outcome"}),
    "observations.Supplier": NOTHING,
    "observations.Gateway": Personal(harmless={"recent_offsets"}),
    "observations.GatewayProvider": NOTHING,
    "observations.DeviceKey": Personal(harmless={"digest"}),
    "observations.Device": NOTHING,
    "observations.DeviceStatus": NOTHING,
    "observations.Heartbeat": NOTHING,
    "observations.Holding": Personal(about={"starts", "ends", "reason", "chase_note"}),
    "observations.EnrolmentToken": Personal(names={"token"}),
    "observations.Inbox": Personal(names={"body"}, about={"why"}),
    "observations.Receipt": Personal(about={"ids", "outcomes", "whys", "sent"}),
    "observations.Retraction": Personal(names={"named"}),
    "observations.UnclaimedReading": Personal(
        names={"named"},
        about={"kind", "number", "code", "as_sent", "candidates", "decision", "reason", "why"},
    ),
    "observations.Reading": Personal(
        names={"named"},
        about={"kind", "number", "code", "as_sent", "context", "reported_by", "comment"},
    ),
    "observations.Correction": Personal(about={"before", "after", "reason"}),
    "observations.Score": Personal(about={"total", "lowest", "response", "parts"}),
    "observations.LatestVital": Personal(about={"kind", "number", "code"}),
    "observations.Standing": Personal(about={"total", "lowest", "response", "parts", "latest"}),
    "observations.DueTime": NOTHING,
    "observations.PartitionCopy": NOTHING,
    "observations.PartitionChange": NOTHING,
    "rounds.Handover": Personal(
        names={"receiver_name", "receiver_phone"}, about={"remark", "decline_reason"}
    ),
    "rounds.HandoverLine": Personal(
        names={"name", "about"},
        about={
            "level",
            "situation",
            "background",
            "assessment",
            "recommendation",
            "escalate",
            "tasks",
        },
    ),
    "rounds.HandoverNote": Personal(about={"recommendation", "escalate"}),
    "rounds.WardWatch": NOTHING,
    "rounds.Round": NOTHING,
    "rounds.RoundPlace": Personal(about={"level", "excuse"}),
    "rounds.ReviewDraft": Personal(about={"typed"}),
    "rounds.Review": Personal(
        about={"seen", "course", "findings", "plan", "discussed_with", "correction_reason"}
    ),
    "rounds.Questionnaire": NOTHING,
    "rounds.Question": Personal(harmless={"text"}),
    "rounds.Experience": Personal(about={"state", "told_by"}),
    "rounds.Answer": Personal(about={"choice", "words"}),
    "rounds.Task": Personal(about={"text", "ending", "outcome", "moved_because"}),
    "rounds.VideoLink": Personal(harmless={"url"}),
}
