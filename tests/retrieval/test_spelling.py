"""What people type becomes words the index knows; names, numbers and codes stay; no text breaks it."""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.spelling import LanguageModel, Speller, everyday_speech

# The speller is read-only: one for all examples is right.
settings.register_profile("shared", suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dk kết hôn cần j", "đăng ký kết hôn cần gì"),
        ("ko có giấy chứng sinh thì lm khai sinh dc k", "không có giấy chứng sinh thì làm khai sinh được không"),
        ("lam lai cccd het bn tien", "làm lại căn cước công dân hết bao nhiêu tiền"),
        ("bn ơi cho hỏi", "bạn ơi cho hỏi"),
        ("em muốn làm thẻ bhyt ạ", "em muốn làm thẻ bảo hiểm y tế ạ"),
        ("hok biet lam sao", "không biết làm sao"),
    ],
)
def test_shorthand_is_written_out(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed).text == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dangkykethon can gi", "đăng ký kết hôn cần gì"),
        ("khaisinh cho con", "khai sinh cho con"),
        ("giayphepxaydung", "giấy phép xây dựng"),
        ("đăngký tạmtrú", "đăng ký tạm trú"),
        ("lệphí baonhiêu", "lệ phí bao nhiêu"),
    ],
)
def test_glued_words_are_taken_apart(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed).text == meant


@pytest.mark.parametrize("typed", ["đnăg ký khai sinh", "đăng ký khai sih", "đăng ký khai sinhh", "ddăng ký khai sinh"])
def test_slip_of_one_letter_is_mended(speller: Speller, typed: str) -> None:
    assert speller.correct(typed).text == "đăng ký khai sinh"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dang ky tam tru", "đăng ký tạm trú"),
        ("lam giay khai sinh cho con", "làm giấy khai sinh cho con"),
        ("xin giay doc than", "xin giấy độc thân"),
        ("mat the can cuoc", "mất thẻ căn cước"),
        ("thu tuc nhap khau cho con", "thủ tục nhập khẩu cho con"),
        ("tro cap nguoi gia 80 tuoi", "trợ cấp người già 80 tuổi"),
        ("cai chinh ho tich", "cải chính hộ tịch"),
        ("DANG KY KET HON VOI NGUOI NUOC NGOAI", "đăng ký kết hôn với người nước ngoài"),
        ("the con le phi thi sao", "thế còn lệ phí thì sao"),
    ],
)
def test_diacritics_are_restored(speller: Speller, typed: str, meant: str) -> None:
    assert speller.correct(typed).text == meant


def test_most_everyday_phrases_get_their_diacritics_back(speller: Speller) -> None:
    phrases = everyday_speech()
    plain = ["".join(c for c in unicodedata.normalize("NFD", p.replace("đ", "d")) if c < "\u0300" or c > "\u036f")
             for p in phrases]  # fmt: skip
    right = sum(speller.correct(p).text == phrase for p, phrase in zip(plain, phrases, strict=True))
    assert right / len(phrases) > 0.8


@pytest.mark.parametrize(
    "said", ["đăng ký tạm trú cho con", "làm lại căn cước bị mất", "xin giấy xác nhận tình trạng hôn nhân"]
)
def test_right_words_stay(speller: Speller, said: str) -> None:
    corrected = speller.correct(said)
    assert (corrected.text, corrected.changes) == (said, ())


@pytest.mark.parametrize(
    "name", ["Lò Văn Dủa", "Giàng Thị Mỷ", "Sùng A Chớ", "Nậm Kè", "Huổi Khon", "Vừ A Sình"]
)
def test_names_stay(speller: Speller, name: str) -> None:
    assert name.lower() in speller.correct(f"tôi tên là {name} muốn làm khai sinh").text


@pytest.mark.parametrize(
    "number",
    ["1.001193", "20.000", "12/03/2024", "123/2015/NĐ-CP", "06/QĐ-TTg", "06/qđ-ttg", "7,5", "8:30", "80", "2021-2025"],
)
def test_numbers_dates_and_codes_stay(speller: Speller, number: str) -> None:
    assert f" {number.lower()} " in speller.correct(f"hỏi về {number} là gì").text


def test_loanwords_stay(speller: Speller) -> None:
    assert speller.correct("đăng ký online qua VNeID trên app").text == "đăng ký online qua vneid trên app"


@pytest.mark.parametrize("label", ["Câu 1: ", "câu hỏi 2. ", "Q: ", "User: ", "Hỏi: "])
def test_label_of_a_question_goes(speller: Speller, label: str) -> None:
    assert speller.correct(f"{label}đăng ký tạm trú").text == "đăng ký tạm trú"


def test_changes_tell_what_was_changed(speller: Speller) -> None:
    assert ("tam", "tạm") in speller.correct("dang ky tam tru").changes


WORDS = "dang ky dk khai sinh cho con lam giay j ko bn tien đăng ký hộ khẩu giấy tạmtrú cccd can Lò Văn 1.001193 ? ,"


@given(st.lists(st.sampled_from(WORDS.split()), max_size=8).map(" ".join))
@settings(settings.get_profile("shared"))
def test_correcting_twice_is_correcting_once(speller: Speller, message: str) -> None:
    once = speller.correct(message).text
    assert speller.correct(once).text == once


@given(st.text(max_size=200))
@settings(settings.get_profile("shared"))
def test_no_text_breaks_it(speller: Speller, message: str) -> None:
    assert isinstance(speller.correct(message).text, str)


@given(st.text(alphabet="0123456789 ./-", max_size=40))
@settings(settings.get_profile("shared"))
def test_digits_survive_in_order(speller: Speller, message: str) -> None:
    assert [c for c in speller.correct(message).text if c.isdigit()] == [c for c in message if c.isdigit()]


@given(st.text(alphabet="aăâeêioôơuưyđbcdghklmnpqrstvx ạảấầ", max_size=40))
@settings(settings.get_profile("shared"))
def test_composed_and_decomposed_message_are_one(speller: Speller, message: str) -> None:
    assert speller.correct(unicodedata.normalize("NFD", message)) == speller.correct(message)


@pytest.mark.parametrize("message", ["a" * 1_000, "khaisinh" * 125, "q̃" * 500, "한국" * 500, "x1" * 500, "dk " * 333])
def test_long_and_strange_messages_take_no_time(speller: Speller, message: str) -> None:
    started = time.process_time()
    speller.correct(message)
    assert time.process_time() - started < 2


def test_language_model_is_the_same_after_saving(tmp_path: Path) -> None:
    model = LanguageModel.learn(["đăng ký khai sinh", "đăng ký kết hôn", "khai sinh lại"])
    model.save(tmp_path / "language.json")
    loaded = LanguageModel.load(tmp_path / "language.json")
    assert (loaded.unigrams, loaded.bigrams, loaded.folded) == (model.unigrams, model.bigrams, model.folded)
    assert Speller(loaded).correct("dang ky khai sinh") == Speller(model).correct("dang ky khai sinh")


def test_likelier_word_after_another_scores_higher() -> None:
    model = LanguageModel.learn(["đăng ký khai sinh"] * 3 + ["khai thác"])
    assert model.log_probability("sinh", "khai") > model.log_probability("thác", "khai")
    assert model.log_probability("lạ", "khai") < model.log_probability("sinh", "khai") <= 0


def test_model_of_nothing_leaves_words_as_they_are() -> None:
    assert Speller(LanguageModel.learn([])).correct("đăng ký khai sinh").text == "đăng ký khai sinh"
