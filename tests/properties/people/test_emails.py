from hypothesis import example, given
from hypothesis import strategies as st

from leadlight.people.emails import _is_usual, _normalise_unusual

letters = "abzAZ09-_+.@ \tłK"


@given(
    st.text(alphabet=letters, max_size=20),
    st.text(alphabet=letters, max_size=20),
    st.sampled_from(["com", "test", "local", "example", "pl", "c0m", "K"]),
)
@example("a" * 65, "firm", "com")
@example("a", "f" * 64, "com")
@example("a", ".".join(["firm"] * 60), "com")
@example("a", "xn--ab", "com")
@example("a", "ab--cd", "com")
@example("A.B+c", "Firm-1.Co", "PL")
def test_short_cut_agrees_with_the_closer_look(local, name, suffix):
    address = f"{local}@{name}.{suffix}".strip()
    if address.isascii() and _is_usual(address.lower()):
        assert _normalise_unusual(address) == address.lower()
