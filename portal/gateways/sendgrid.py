"""SendGrid's API accepts a calendar file with its method, but refuses it with its charset.

anymail sends both, and the answer would be 400, “The attachment type cannot contain ';'”.
"""

from anymail.backends import sendgrid


class EmailBackend(sendgrid.EmailBackend):
    def build_message_payload(self, message, defaults):
        return Payload(message, defaults, self)


class Payload(sendgrid.SendGridPayload):
    def add_attachment(self, attachment):
        super().add_attachment(attachment)
        self.data["attachments"][-1]["type"] = attachment.mimetype
