"""First aid without network, and a page that says how things stand."""

from playwright.sync_api import Page, expect

from tests.browser.visitor import Open, Visitor, bot_words, page_words
from tests.servers import Server

FIRST_AID = page_words("First aid and help lines")


def ready(visitor: Visitor) -> None:
    """Wait until the copy for no network is complete."""
    visitor.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    visitor.page.wait_for_function("navigator.serviceWorker.controller !== null")
    visitor.watch.requests_may_fail = True


def has_first_aid(page: Page) -> None:
    """The page with the steps, and numbers that a tap calls."""
    expect(page.get_by_role("heading", level=1)).to_have_text(FIRST_AID)
    expect(page.locator("section.aid ol li").first).to_be_visible()
    assert page.locator("a[href='tel:115']").count() > 1
    assert page.locator("a[href='tel:111']").count() == 1
    assert page.evaluate("getComputedStyle(document.querySelector('.aid')).borderRadius") != "0px"


def test_urgent_help_opens_first_aid_without_network(visit: Open) -> None:
    """Without network "urgent help" opens the page that is kept, and the way back leads to the chat."""
    visitor = visit().open().on("own")
    ready(visitor)
    visitor.page.context.set_offline(True)
    visitor.page.locator("#sos").click()
    visitor.page.wait_for_url("**/giup")
    has_first_aid(visitor.page)
    visitor.page.get_by_role("link", name=page_words("Back to the chat")).first.click()
    expect(visitor.page.locator("#notice")).to_contain_text(FIRST_AID)
    visitor.page.context.set_offline(False)
    visitor.shows(bot_words("Skip"))


def test_first_aid_and_chat_open_by_reload_without_network(visit: Open) -> None:
    """Both pages open from the copy; the chat says that there is no network and where first aid is."""
    visitor = visit().open().on("own")
    ready(visitor)
    visitor.page.context.set_offline(True)
    visitor.page.reload()
    expect(visitor.page.locator("#notice")).to_contain_text(FIRST_AID)
    with visitor.page.context.expect_page() as opened:
        visitor.page.locator("#notice a").click()
    has_first_aid(opened.value)
    opened.value.reload()
    has_first_aid(opened.value)


def test_what_waits_is_not_lost_by_looking_at_first_aid(visit: Open) -> None:
    """Without network "urgent help" opens beside the page while something waits there, and it goes out afterwards."""
    visitor = visit().open().on("own")
    ready(visitor)
    visitor.page.context.set_offline(True)
    visitor.say("pod là gì")
    with visitor.page.context.expect_page() as opened:
        visitor.page.locator("#sos").click()
    has_first_aid(opened.value)
    visitor.page.context.set_offline(False)
    visitor.shows("Thuốc lá điện tử")


def test_urgent_help_opens_first_aid_when_the_server_is_dead(own_server: Server, visit: Open) -> None:
    """The network is there and the server isn't: "urgent help" loses no time."""
    visitor = visit(at=own_server).open().on("own")
    ready(visitor)
    own_server.kill()
    visitor.page.locator("#sos").click()
    visitor.page.wait_for_url("**/giup")
    has_first_aid(visitor.page)


def test_urgent_help_opens_first_aid_when_the_answer_does_not_come(visit: Open) -> None:
    """After four seconds without an answer the page that needs no server opens."""
    visitor = visit()
    visitor.page.clock.install()
    visitor.open().on("own")
    ready(visitor)
    visitor.page.route("**/messages", lambda _route: None)
    visitor.page.locator("#sos").click()
    visitor.page.clock.run_for(3900)
    assert visitor.page.url == visitor.url + "/"
    visitor.page.clock.run_for(200)
    visitor.page.wait_for_url("**/giup")
    has_first_aid(visitor.page)


def test_first_aid_works_without_script(visit: Open) -> None:
    """Steps and numbers are plain HTML, and quick exit is a plain link."""
    visitor = visit(java_script_enabled=False).open("/giup")
    expect(visitor.page.locator("section.aid ol li").first).to_be_visible()
    expect(visitor.page.locator("a[href='tel:115']").first).to_be_visible()
    visitor.page.locator("#leave").click()
    expect(visitor.page).to_have_title("elsewhere")


def test_the_chat_says_it_needs_a_script(visit: Open) -> None:
    """Without script the chat offers first aid and help lines."""
    visitor = visit(java_script_enabled=False).open()
    visitor.page.get_by_role("link", name=FIRST_AID).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(FIRST_AID)


def test_a_waiting_message_survives_a_reload_as_a_draft(visit: Open) -> None:
    """What couldn't be sent isn't lost when the phone drops the page: it stands in the field again."""
    visitor = visit().open().on("own")
    visitor.answer(bot_words("Skip"))
    visitor.shows(bot_words("Learn"))
    ready(visitor)
    visitor.page.context.set_offline(True)
    visitor.say("em hỏi về pod")
    expect(visitor.page.locator(".mine.waiting")).to_have_count(1)
    visitor.page.reload()
    expect(visitor.field).to_have_value("em hỏi về pod")


def test_the_page_can_be_installed(visit: Open) -> None:
    """The manifest names the app, its icons exist in their sizes, and a shortcut leads to first aid."""
    visitor = visit().open()
    manifest = visitor.page.evaluate("fetch('/manifest.webmanifest').then(answer => answer.json())")
    assert manifest["display"] == "standalone"
    assert manifest["start_url"] == "/"
    assert [one["url"] for one in manifest["shortcuts"]] == ["/giup"]
    measure = """src => new Promise(done => {
        const icon = new Image();
        icon.onload = () => done(`${icon.naturalWidth}x${icon.naturalHeight}`);
        icon.src = src;
    })"""
    for icon in manifest["icons"]:
        assert icon["sizes"] in ("any", visitor.page.evaluate(measure, icon["src"]))
