"""Names of character sets: those of IANA that Terraform takes, with the codec that Python has for each."""

from __future__ import annotations

from typing import Final

_NAMES: Final = {
    "ascii": "cp367 csascii ibm367 iso-ir-6 iso646-us us us-ascii",
    "big5": "big5 csbig5",
    "cp037": "cp037 csibm037 ebcdic-cp-ca ebcdic-cp-nl ebcdic-cp-us ebcdic-cp-wt ibm037",
    "cp1140": "ibm01140",
    "cp1250": "windows-1250",
    "cp1251": "windows-1251",
    "cp1252": "windows-1252",
    "cp1253": "windows-1253",
    "cp1254": "windows-1254",
    "cp1255": "windows-1255",
    "cp1256": "windows-1256",
    "cp1257": "windows-1257",
    "cp1258": "windows-1258",
    "cp437": "437 cp437 cspc8codepage437 ibm437",
    "cp850": "850 cp850 cspc850multilingual ibm850",
    "cp852": "852 cp852 cspcp852 ibm852",
    "cp855": "855 cp855 csibm855 ibm855",
    "cp858": "ibm00858",
    "cp860": "860 cp860 csibm860 ibm860",
    "cp862": "862 cp862 cspc862latinhebrew ibm862",
    "cp863": "863 cp863 csibm863 ibm863",
    "cp865": "865 cp865 csibm865 ibm865",
    "cp866": "866 cp866 csibm866 ibm866",
    "cp874": "windows-874",
    "cp932": "ms_kanji",
    "euc_jp": "cseucpkdfmtjapanese euc-jp",
    "euc_kr": "cseuckr euc-kr",
    "gb18030": "gb18030",
    "gbk": "cp936 gbk ms936 windows-936",
    "hz": "hz-gb-2312",
    "iso2022_jp": "csiso2022jp iso-2022-jp",
    "iso8859-1": "cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 l1 latin1",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 l6 latin6",
    "iso8859-13": "iso-8859-13",
    "iso8859-14": "iso-8859-14 iso-celtic iso-ir-199 l8 latin8",
    "iso8859-15": "iso-8859-15",
    "iso8859-16": "iso-8859-16 iso-ir-226 l10 latin10",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144",
    "iso8859-6": "arabic asmo-708 csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126",
    "iso8859-8": "csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i iso-ir-138",
    "iso8859-9": "csisolatin5 iso-8859-9 iso-ir-148 l5 latin5",
    "koi8-r": "cskoi8r koi8-r",
    "koi8-u": "koi8-u",
    "mac-roman": "mac macintosh",
    "shift_jis": "csshiftjis shift_jis",
    "utf-16": "csutf16 utf-16",
    "utf-16-be": "utf-16be",
    "utf-16-le": "utf-16le",
    "utf-8": "csutf8 utf-8",
}
_CODECS: Final = {name: codec for codec, names in _NAMES.items() for name in names.split()}


def codec_of(charset: str) -> str | None:
    """Return the name of the codec for a character set; None when there is no such set. Capitals do not count."""
    return _CODECS.get(charset.lower())
