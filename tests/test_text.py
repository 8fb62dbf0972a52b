from checker.text import normalise, simplify, tidy


def test_full_width_letters_and_digits_are_made_half_width():
    assert tidy("１２３ＡＢ") == "123AB"


def test_invisible_characters_and_wide_spaces_at_the_ends_are_dropped():
    assert tidy("\u3000正定县\u200b\ufeff") == "正定县"


def test_a_text_that_needs_nothing_stays_as_it_is():
    assert tidy("专利导航（正定）") == "专利导航（正定）"


def test_traditional_characters_are_matched_as_simplified_ones():
    assert simplify("維權援助") == "维权援助"


def test_spaces_and_line_breaks_between_chinese_do_not_count():
    assert normalise("专利\n导 航 \u00a0项目") == "专利导航项目"


def test_spaces_between_latin_words_stay():
    assert normalise("ISO  56005 guide") == "ISO 56005 guide"
