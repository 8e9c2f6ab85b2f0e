"""What a relay's answer means for whoever sends an issue, in words, beside the answer itself."""

from __future__ import annotations

from flask_babel import gettext as _

from models.bounces.alarms import complaint_alarm, lane_alarm
from models.deliveries.answer_table import AnswerSubject
from models.deliveries.reply_code import subject_of


def explain(reason: str) -> str:
    """One or two sentences on what *reason* speaks of and who can mend it; empty where nobody knows."""
    if lane_alarm.is_unknown(reason):
        return str(_("Unusually many mailboxes are unknown: the list may be old, or the relay may be set up wrongly."))
    if lane_alarm.is_reason(reason):
        return str(_("Receivers refuse our letters after they took them. See the sender's domain and what they say."))
    if complaint_alarm.is_reason(reason):
        return str(_("Receivers refuse senders of whom many complain. See whether its readers have asked for it."))
    explanation = {
        AnswerSubject.RATE: _(
            "More letters were sent than the relay or the receiver takes in this time (a quota or a speed limit)."
        ),
        AnswerSubject.SENDER: _(
            "The relay does not accept our sender address or our account. Whoever runs the relay can allow it."
        ),
        AnswerSubject.LOGIN: _(
            "The relay does not accept our login. Its password may have changed or expired; who runs Kairan sets it."
        ),
        AnswerSubject.CONTENT: _("The relay does not take this letter as it is: it is too large, or of a wrong form."),
        AnswerSubject.RELAY: _(
            "The relay or the receiver refuses us by a rule or a block list. Show the answer to whoever runs the relay."
        ),
    }.get(subject_of(reason), "")
    return str(explanation)
