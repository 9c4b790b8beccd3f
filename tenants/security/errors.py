"""Why an answer is not taken."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import ReasonRefused


class AnswerRefused(ReasonRefused):
    """The answer has no words, or nothing is asked any more."""

    status = 422
    code = "answer_refused"
    reasons = {
        "empty": _("Tuliskan jawabannya dahulu."),
        "closed": _("Insiden ini sudah ditutup; tidak ada lagi yang ditanyakan."),
    }
