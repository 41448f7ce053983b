"""The languages that a patient may prefer: ISO 639 codes, each with its name in itself."""

from django.conf.locale import LANG_INFO

_CODES = (
    *("ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr"),
    *("gl", "he", "hi", "hr", "hu", "hy", "it", "ja", "ka", "ko", "lt", "lv", "nl", "pl", "pt"),
    *("ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "th", "tr", "uk", "ur", "vi"),
)

LANGUAGE_NAMES: dict[str, str] = {
    code: str(LANG_INFO[code]["name_local"]) for code in _CODES if "name_local" in LANG_INFO[code]
} | {"zh": "中文"}
