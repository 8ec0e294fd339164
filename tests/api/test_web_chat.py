"""The chat in a real browser on a small phone: with a script and without, on good networks and bad ones."""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect, sync_playwright

from api.static_files import WEB
from motcua.wiring import Office
from storage.tables import FeedbackRow

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PHONE = {"width": 360, "height": 740}
BIRTH = "làm giấy khai sinh cho con cần giấy tờ gì"
AMBIGUOUS = "đăng ký lại"
PERSONAL = "số căn cước 011095001234 làm khai sinh cần gì"
MAX_PAGE = 60_000


@pytest.fixture(scope="module")
def address(client: TestClient) -> Iterator[str]:
    """The real application on a real port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(client.app, host="127.0.0.1", port=port, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, locale="vi-VN")  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    """The chat, just opened. Whatever the browser complains of fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    yield page
    assert complaints == []


def send(page: Page, question: str) -> None:
    page.get_by_label("Bà con cần hỏi gì?").fill(question)
    page.get_by_role("button", name="Hỏi", exact=True).click()


def answers(page: Page, count: int) -> None:
    """Wait until so many answers stand below the greeting."""
    expect(page.locator("article.answer:not(.greeting)")).to_have_count(count)
    expect(page.locator(".pending")).to_have_count(0)


def width(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_papers_and_source_on_a_phone(page: Page) -> None:
    send(page, BIRTH)
    answers(page, 1)
    answer = page.get_by_role("article").last
    expect(answer.get_by_role("heading", name="Giấy tờ cần có")).to_be_visible()
    expect(answer.get_by_role("listitem").filter(has_text="Giấy chứng sinh")).to_be_visible()
    source = answer.get_by_role("link", name="Cổng Dịch vụ công quốc gia")
    assert (source.get_attribute("href") or "").startswith("https://dichvucong.gov.vn/")
    assert source.get_attribute("rel") == "noopener noreferrer"
    expect(answer.locator(".source")).to_contain_text(re.compile(r"Cập nhật \d+/\d+/\d{4}"))
    assert width(page) <= PHONE["width"]


def test_follow_up_goes_on_with_the_conversation(page: Page) -> None:
    send(page, BIRTH)
    answers(page, 1)
    send(page, "mất mấy ngày")
    answers(page, 2)
    last = page.get_by_role("article").last
    expect(last.get_by_role("heading", name="Làm giấy khai sinh cho con")).to_be_visible()
    expect(last.get_by_role("heading", name="Thời gian giải quyết")).to_be_visible()


def test_tapping_an_option_answers_it(page: Page) -> None:
    send(page, AMBIGUOUS)
    answers(page, 1)
    option = page.get_by_role("group", name="Chọn một việc").get_by_role("button").first
    title = option.inner_text()
    option.click()
    answers(page, 2)
    expect(page.locator(".asked").last).to_contain_text(title)
    expect(page.get_by_role("article").last.get_by_role("heading").first).to_have_text(title)


def test_common_procedures_answer_with_one_tap(page: Page) -> None:
    page.get_by_role("button", name="Đăng ký kết hôn", exact=True).click()
    answers(page, 1)
    expect(page.get_by_role("article").last.get_by_role("heading", name="Đăng ký kết hôn")).to_be_visible()


def test_keyboard_alone_is_enough(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến ô hỏi")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_label("Bà con cần hỏi gì?")).to_be_focused()
    page.keyboard.type(AMBIGUOUS)
    page.keyboard.press("Enter")
    answers(page, 1)
    expect(page.get_by_label("Bà con cần hỏi gì?")).to_be_focused()
    option = page.get_by_role("group", name="Chọn một việc").get_by_role("button").first
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if option.evaluate("node => node === document.activeElement"):
            break
    expect(option).to_be_focused()
    page.keyboard.press("Enter")
    answers(page, 2)
    assert page.evaluate("document.activeElement.closest('article') === document.querySelector('#log > :last-child')")


def test_enter_asks_and_shift_enter_makes_a_line(page: Page) -> None:
    box = page.get_by_label("Bà con cần hỏi gì?")
    box.press_sequentially("xin")
    box.press("Shift+Enter")
    box.press_sequentially("chào")
    assert box.input_value() == "xin\nchào"
    box.press("Enter")
    answers(page, 1)
    assert box.input_value() == ""


def test_whole_page_weighs_little(context: BrowserContext, address: str) -> None:
    page, sizes = context.new_page(), {}
    page.on("response", lambda response: sizes.update({response.url: len(response.body())}))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert {url.rsplit("/", 1)[1] for url in sizes} >= {"", "chat.js", "chat.css"}
    assert sum(sizes.values()) < MAX_PAGE
    assert all(url.startswith(address) for url in sizes)


@pytest.mark.parametrize("page_width", [320, 360, 768, 1280])
def test_nothing_is_wider_than_the_screen(page: Page, page_width: int, address: str) -> None:
    page.set_viewport_size({"width": page_width, "height": 700})
    send(page, "giấy phép xây dựng nhà ở")
    answers(page, 1)
    page.get_by_text("Xã, phường · hỏi hộ").click()
    assert width(page) <= page_width
    page.goto(f"{address}/thu-tuc/1.013225")
    assert width(page) <= page_width


def test_whatever_is_tapped_is_large_enough(page: Page) -> None:
    send(page, AMBIGUOUS)
    answers(page, 1)
    send(page, BIRTH)
    answers(page, 2)
    page.get_by_text("Xã, phường · hỏi hộ").click()
    small = page.evaluate("""() => [
        ...document.querySelectorAll('a:not(.skip), button, select, textarea, summary, .check')]
        .filter(node => node.offsetParent && Math.min(node.offsetHeight, node.offsetWidth) < 44)
        .map(node => node.outerHTML)""")
    assert small == []


def test_typed_markup_is_text(page: Page) -> None:
    send(page, "<img src=x onerror='window.hacked = 1'><b>đậm</b>")
    answers(page, 1)
    expect(page.locator(".asked")).to_contain_text("<b>đậm</b>")
    assert page.locator("#log img, #log b").count() == 0
    assert page.evaluate("window.hacked") is None


def test_commune_and_team_are_sent_and_remembered(page: Page) -> None:
    page.get_by_text("Xã, phường · hỏi hộ").click()
    page.get_by_label("Bà con ở xã, phường nào?").select_option("Xã Mường Phăng")
    page.get_by_label("Tôi hỏi hộ bà con").check()
    page.get_by_text("Xã, phường · hỏi hộ").click()
    send(page, "làm giấy khai sinh cho con")
    answers(page, 1)
    last = page.get_by_role("article").last
    expect(last).to_contain_text("Người khác làm thay")
    expect(last).to_contain_text("Xã Mường Phăng")
    page.reload()
    assert page.locator("#commune").input_value() == "Xã Mường Phăng"
    assert page.locator("#team").is_checked()


def test_conversation_outlives_a_reload_and_ends_with_the_button(page: Page, client: TestClient) -> None:
    send(page, BIRTH)
    answers(page, 1)
    key = page.evaluate("sessionStorage.getItem('motcua.conversation')")
    page.reload()
    answers(page, 1)
    send(page, "mất mấy ngày")
    answers(page, 2)
    expect(page.get_by_role("article").last).to_contain_text("Làm giấy khai sinh cho con")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_text("Xã, phường · hỏi hộ").click()
    page.get_by_role("button", name="Xóa hội thoại").click()
    expect(page.get_by_text("Đã xóa hội thoại.")).to_be_visible()
    answers(page, 0)
    assert page.evaluate("Object.keys(sessionStorage).length") == 0
    assert client.delete(f"/v1/conversations/{key}").status_code == 404


def test_rating_is_kept_with_what_was_wrong(page: Page, office: Office) -> None:
    with page.expect_response("**/v1/ask") as asked:
        send(page, BIRTH)
    answer_id = asked.value.json()["answer_id"]
    page.get_by_role("button", name="Chưa đúng").click()
    expect(page.get_by_text("Cảm ơn bà con.")).to_be_visible()
    expect(page.get_by_role("button", name="Chưa đúng")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Sai hay khó hiểu ở đâu ạ?").fill("thiếu lệ phí")
    page.get_by_role("button", name="Gửi").click()
    expect(page.get_by_text("Đã gửi góp ý. Cảm ơn bà con.")).to_be_visible()
    kept = office.database.read(lambda session: session.get(FeedbackRow, answer_id))
    assert kept is not None
    assert (kept.rating, kept.comment) == ("down", "thiếu lệ phí")


class TestBadNetwork:
    """Nothing that was typed is lost, and one tap asks again. The browser's own complaints are expected here."""

    @pytest.fixture
    def page(self, context: BrowserContext, address: str) -> Page:
        page = context.new_page()
        page.clock.install()
        page.goto(address)
        return page

    def test_slow_answer_is_given_up_after_twenty_seconds_and_asked_again(self, page: Page) -> None:
        page.route("**/v1/ask", lambda route: None)
        send(page, BIRTH)
        expect(page.get_by_text("Đang tìm…")).to_be_visible()
        page.clock.run_for(7_000)
        expect(page.get_by_text("Mạng chậm, bà con chờ thêm một chút…")).to_be_visible()
        page.get_by_label("Bà con cần hỏi gì?").fill("câu sau")
        page.clock.run_for(14_000)
        expect(page.get_by_text("Mạng chậm quá nên chưa có câu trả lời")).to_be_visible()
        expect(page.locator(".asked")).to_contain_text(BIRTH)
        page.unroute("**/v1/ask")
        page.get_by_role("button", name="Thử lại").click()
        answers(page, 1)
        assert page.locator(".asked").count() == 1
        assert page.get_by_label("Bà con cần hỏi gì?").input_value() == "câu sau"
        expect(page.locator(".failed")).to_have_count(0)

    def test_no_network_says_so_and_keeps_the_question(self, page: Page, context: BrowserContext) -> None:
        context.set_offline(True)
        send(page, BIRTH)
        expect(page.get_by_text("Điện thoại đang mất mạng. Câu hỏi vẫn còn đây.")).to_be_visible()
        context.set_offline(False)
        page.get_by_role("button", name="Thử lại").click()
        answers(page, 1)

    def test_unsent_question_outlives_a_reload(self, page: Page, context: BrowserContext) -> None:
        context.set_offline(True)
        send(page, BIRTH)
        expect(page.get_by_role("button", name="Thử lại")).to_be_visible()
        context.set_offline(False)
        page.reload()
        assert page.get_by_label("Bà con cần hỏi gì?").input_value() == BIRTH

    @pytest.mark.parametrize(("status", "body", "said"), [
        (503, '{"title": "x", "detail": "Nhiều người đang hỏi cùng lúc."}', "Nhiều người đang hỏi cùng lúc."),
        (502, "<html>Bad gateway</html>", "Chưa gửi được câu hỏi. Câu hỏi vẫn còn đây."),
    ])
    def test_failed_server_is_told_kindly(self, page: Page, status: int, body: str, said: str) -> None:
        def failing(route: Route, _: Request) -> None:
            route.fulfill(status=status, body=body)

        page.route("**/v1/ask", failing)
        send(page, BIRTH)
        expect(page.get_by_text(said)).to_be_visible()
        expect(page.get_by_role("button", name="Thử lại")).to_be_visible()


class TestReadingAloud:
    """The button is there only where the device can speak Vietnamese; the voice itself stands in for the device's."""

    VOICES = """
        speechSynthesis.getVoices = () => [{lang: '%s', name: 'x'}];
        speechSynthesis.speak = speech => { window.spoken = [speech.lang, speech.text]; };
    """

    @pytest.fixture
    def spoken_to(self, context: BrowserContext, address: str) -> Callable[[str], Page]:
        def opened(language: str) -> Page:
            context.add_init_script(self.VOICES % language)
            page = context.new_page()
            page.goto(address)
            send(page, BIRTH)
            answers(page, 1)
            return page

        return opened

    def test_vietnamese_voice_reads_the_answer_without_its_addresses(self, spoken_to: Callable[[str], Page]) -> None:
        page = spoken_to("vi-VN")
        page.get_by_role("button", name="Đọc to").click()
        language, text = page.evaluate("window.spoken")
        assert language == "vi-VN"
        assert "Giấy chứng sinh" in text
        assert "Nguồn" not in text
        assert "http" not in text

    def test_no_button_without_a_vietnamese_voice(self, spoken_to: Callable[[str], Page]) -> None:
        assert spoken_to("en-US").get_by_role("button", name="Đọc to").count() == 0


class TestWithoutScript:
    """The same page where JavaScript is off or did not arrive."""

    @pytest.fixture
    def context(self, browser: Browser) -> Iterator[BrowserContext]:
        context = browser.new_context(viewport=PHONE, locale="vi-VN", java_script_enabled=False)  # type: ignore[arg-type]
        yield context
        context.close()

    def test_question_follow_up_and_suggestion_are_answered(self, page: Page) -> None:
        send(page, BIRTH)
        expect(page.get_by_role("listitem").filter(has_text="Giấy chứng sinh")).to_be_visible()
        expect(page.get_by_role("link", name="Cổng Dịch vụ công quốc gia")).to_be_visible()
        send(page, "mất mấy ngày")
        expect(page.get_by_role("heading", name="Thời gian giải quyết")).to_be_visible()
        page.get_by_role("group", name="Hỏi tiếp").get_by_role("button", name="Lệ phí").click()
        expect(page.get_by_role("heading", name="Lệ phí")).to_be_visible()

    def test_option_is_answered(self, page: Page) -> None:
        send(page, AMBIGUOUS)
        option = page.get_by_role("group", name="Chọn một việc").get_by_role("button").first
        title = option.inner_text()
        option.click()
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()

    @pytest.mark.parametrize("question", [
        BIRTH, AMBIGUOUS, PERSONAL, "vneid là gì", "cháy nhà rồi cứu với", "xin chào",
        "tôi sinh con ở nhà, làm khai sinh cần gì", "lệ phí cấp phép bay lên sao hỏa"])
    def test_both_ways_show_the_same_answer(self, browser: Browser, page: Page, address: str, question: str) -> None:
        scripted = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
        other = scripted.new_page()
        other.goto(address)
        for one in (page, other):
            send(one, question)
            answers(one, 1)
        shown = [" ".join(one.locator("article.answer").last.inner_text().split()) for one in (page, other)]
        outline = [one.locator("article.answer").last.locator("h2, h3, li, a, button").count() for one in (page, other)]
        scripted.close()
        assert shown[0] == shown[1]
        assert outline[0] == outline[1]


def test_procedure_prints_without_what_is_only_for_the_screen(page: Page, address: str) -> None:
    page.add_init_script("window.print = () => { window.printed = true; }")
    page.goto(f"{address}/thu-tuc/1.001193")
    page.get_by_role("button", name="In trang này").click()
    assert page.evaluate("window.printed") is True
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Giấy tờ cần có")).to_be_visible()
    expect(page.get_by_role("button", name="In trang này")).to_be_hidden()
    expect(page.get_by_text("https://dichvucong.gov.vn/")).to_be_visible()


def test_answer_leads_to_the_page_to_print(page: Page) -> None:
    send(page, BIRTH)
    answers(page, 1)
    page.get_by_role("link", name="Xem đủ thủ tục này, in ra").click()
    expect(page.get_by_role("heading", name="Làm giấy khai sinh cho con", level=1)).to_be_visible()


def test_script_that_got_into_the_page_would_not_run(context: BrowserContext, address: str) -> None:
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(address)
    page.evaluate("""() => {
        document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.foreign = 1'}));
        document.body.append(Object.assign(document.createElement('img'), {src: 'https://example.com/x.png'}));
    }""")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.foreign") is None
    assert len([text for text in complaints if "Content Security Policy" in text]) == 2


COLOUR = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});")
READ_ON = [("ink", "sheet"), ("ink", "ground"), ("ink", "asked"), ("ink", "warn-ground"), ("quiet", "sheet"),
           ("quiet", "ground"), ("main", "sheet"), ("main", "ground"), ("main", "asked"), ("on-main", "main")]


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_told_apart(scheme: str) -> None:
    """WCAG 2.2, 1.4.3: text against its ground at least 4.5 to 1."""
    light, dark, *_ = re.findall(r":root \{(.*?)\}", (WEB / "chat.css").read_text(encoding="utf-8"), re.DOTALL)
    colours = dict(COLOUR.findall(light if scheme == "light" else dark))
    for text, ground in READ_ON:
        high, low = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (text, ground)
