# SPDX-License-Identifier: Apache-2.0
"""The form of numbers for value added tax, by country."""

import pytest

from open63110.model.vat import country, well_formed


@pytest.mark.parametrize(
    "number",
    ["DE123456789", "de 123 456 789", "ATU12345678", "CHE-123.456.789 MWST", "EL123456789", "ESX1234567X", "XI123456789"],
)
def test_a_number_of_the_right_form_is_known_with_whatever_stands_between(number: str) -> None:
    assert well_formed(number)
    assert country(number)


@pytest.mark.parametrize(
    "number", ["", "D", "DE12345678", "DE1234567890", "AT12345678", "QQ123456789", "US123456789", "DE12345678\uff19"]
)
def test_another_is_not(number: str) -> None:
    assert not well_formed(number)
