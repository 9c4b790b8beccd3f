"""The addresses to which machines speak, for the region's host and for the lane's own process.

Some firmwares let a path be typed, and put it before `/iclock` or keep it behind; most let only host and port be set.
Old ones end in `.aspx`. A secret is lower-case letters and digits, so that it can be typed at a machine.
"""

from django.urls import re_path

from tenants.machines import iclock

WORDS = {
    "cdata": iclock.cdata,
    "getrequest": iclock.getrequest,
    "devicecmd": iclock.devicecmd,
    "registry": iclock.registry,
    "push": iclock.push,
    "querydata": iclock.querydata,
    "rtdata": iclock.rtdata,
    "ping": iclock.ping,
}
urlpatterns = [
    pattern
    for word, view in WORDS.items()
    for pattern in (
        re_path(rf"^iclock/{word}(?:\.aspx)?$", view, name=f"machines-iclock-{word}"),
        re_path(
            rf"^iclock/(?P<secret>[a-z0-9]{{12,40}})/{word}(?:\.aspx)?$", view, name=f"machines-iclock-secret-{word}"
        ),
        re_path(
            rf"^(?P<secret>[a-z0-9]{{12,40}})/iclock/{word}(?:\.aspx)?$", view, name=f"machines-iclock-before-{word}"
        ),
    )
]
