"""Texts that break programs which take text for something else."""

_TEXTS = r"""
' OR '1'='1
'; DROP TABLE contacts; --
" OR ""="
1; SELECT pg_sleep(9)
') UNION SELECT null, null --
$1
$$;select 1$$
%s
%(name)s
%n%n%n%n
{0}
{0.__class__.__mro__}
{name!r:>99999}
${7*7}
#{7*7}
{{7*7}}
{% raw %}
{{ config.items() }}
${jndi:ldap://localhost/x}
<script>alert(1)</script>
<img src=x onerror=alert(1)>
"><svg/onload=alert(1)>
javascript:alert(1)
data:text/html;base64,PHNjcmlwdD4=
</textarea><b>
<!--
]]>
<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>
&lt;b&gt;
&#0;
../../../../etc/passwd
..\..\windows\win.ini
/etc/passwd
file:///etc/passwd
C:\CON
NUL
aux.txt
.
..
~
-
--help
-rf /
; ls
| cat
`id`
$(id)
&& id
=1+1
=HYPERLINK("http://x")
@SUM(1)
+1
-1
0
00
1e400
-1e400
1e-400
NaN
Infinity
-Infinity
0x10
1_000
١٢٣
１２３
9999999999999999999999999
-9223372036854775809
18446744073709551616
true
false
null
None
undefined
nil
[]
{}
[object Object]
""
"
'
\
\\
\0
\x00
\u0000
\ud800
\n
/
//
///
?
#
?a=b&a=c
%
%00
%2e%2e%2f
%ff%fe
%C0%AE
+
a+b
a%20b
a b
a;b
a,b
a|b
*
**
?*
.*
(a+)+$
(?:(?:(?:a
[a-
(?P<a>b)
\C
^$
_
__proto__
constructor
__class__
toString
hasOwnProperty
$gt
$where
$campaign
a.b
a..b
.a
a.
a[0]
a::b
global
stage:lead
tag:vip
cap
floor
cap:web
default
published
admin
leadlight
ą ć ę ł ń ó ś ź ż Č č Ć ć Š š Ž ž ė į ų ū
Straße STRASSE ẞ
İstanbul ıI
Ǆ ǅ ǆ ﬁ ﬃ
ΑΣ ας ΑΣΣ
中文 日本語 한국어
العربية
עברית
हिन्दी
ไทย
👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇵🇱
é é
Å Å Å
Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A
℀ ½ ² ① Ⅷ
""".strip("\n").split("\n")

_UNSEEN = [
    "",
    " ",
    "   lead and trail   ",
    "\t",
    "\n",
    "a\nb",
    "a\r\nX-Injected: 1",
    "\x01\x02\x1f",
    "\x7f",
    "\x80\x9f",
    "\x1b[31mred\x1b[0m",
    "\b\b\b",
    "\xa0",
    "\u200b",
    "\u200e\u200f",
    "\u202eevil\u202c",
    "\u2028\u2029",
    "\ufeff",
    "\ufffd",
    "\uffff",
    "\ue000",
    "\U0010ffff",
    "\U000e0041",
    "a" * 255,
    "a" * 256,
    "ą" * 128,
    "👍" * 64,
    "a" * 5000,
    "\u0301" * 200,
]

BROKEN = ["\x00", "a\x00b", "\ud800", "a\udfffb"]
"""What PostgreSQL or UTF-8 cannot keep."""

TEXTS = [*_TEXTS, *_UNSEEN]
NASTIEST = TEXTS[::5] + BROKEN
