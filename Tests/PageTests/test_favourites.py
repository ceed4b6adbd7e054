"""Favourites, recent commands, presets, long lists of choices, categories, titles and help."""

from playwright.sync_api import expect

from conftest import COMMANDS, expect_status, start

DEPLOY = "shop:deploy"


def open_command(server, page, name=DEPLOY):
    page.goto(server.url + f"#/run/{name}")
    expect(page.locator(".run-form")).to_be_visible()


def choose(page, text, label):
    page.get_by_role("combobox").fill(text)
    page.get_by_role("option", name=label).click()


def test_a_favourite_is_in_every_browser_of_the_user(server, open_page):
    page = open_page()
    open_command(server, page)
    page.get_by_role("button", name="Add to favourites").click()
    expect(page.get_by_role("button", name="Remove from favourites")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".command-groups section").first).to_contain_text("Favourites")
    other = open_page()
    expect(other.locator(".card", has_text="Deploy the shop").locator(".favourite-mark")).to_be_visible()
    somebody = open_page("other")
    expect(somebody.locator(".command-groups a").first).to_be_visible()
    expect(somebody.locator(".favourite-mark")).to_have_count(0)
    other.locator(".card", has_text="Deploy the shop").click()
    other.get_by_role("button", name="Remove from favourites").click()
    expect(other.get_by_role("button", name="Add to favourites")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Add to favourites")).to_be_visible()


def test_a_favourite_that_the_server_refuses_is_taken_back(server, page):
    open_command(server, page)
    page.route("**/favourites", lambda route: route.fulfill(
        status=409, content_type="application/json", body='{"message": "Too many of them."}'))
    page.get_by_role("button", name="Add to favourites").click()
    expect(page.get_by_role("alert")).to_contain_text("Too many of them.")
    expect(page.get_by_role("button", name="Add to favourites")).to_have_attribute("aria-pressed", "false")


def test_recent_commands_stand_in_the_list(server, page):
    start(page, "quick", "recent")
    expect_status(page, "Completed")
    page.reload()
    group = page.locator(".command-groups section", has=page.get_by_role("heading", name="Recent", exact=True))
    expect(group.locator("a")).to_have_count(1)
    expect(group).to_contain_text(COMMANDS["quick"])


def test_a_preset_fills_the_form_and_has_no_secrets(server, open_page):
    page = open_page()
    open_command(server, page)
    choose(page, "feature-17", "feature-17")
    page.get_by_label("--note").fill("first\nsecond")
    page.get_by_label("--password").fill("geheim")
    sent = []
    page.on("request", lambda request: sent.append(request.post_data) if request.url.endswith("/presets") else None)
    page.get_by_role("button", name="Save these values as…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Seventeen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Seventeen", exact=True)).to_be_visible()
    assert len(sent) == 1 and "geheim" not in sent[0] and "password" not in sent[0]

    other = open_page()
    open_command(server, other)
    other.get_by_label("--password").fill("kept")
    other.get_by_role("button", name="Seventeen", exact=True).click()
    expect(other.get_by_role("combobox")).to_have_value("feature-17")
    expect(other.get_by_label("--note")).to_have_value("first\nsecond")
    expect(other.get_by_label("--password")).to_have_value("kept")
    other.get_by_role("button", name="Delete preset Seventeen").click()
    other.get_by_role("dialog").get_by_role("button", name="Delete preset").click()
    expect(other.get_by_role("button", name="Seventeen", exact=True)).to_have_count(0)
    page.reload()
    expect(page.locator(".run-form")).to_be_visible()
    expect(page.get_by_role("button", name="Seventeen", exact=True)).to_have_count(0)


def test_a_shared_preset_is_offered_to_others_who_cannot_delete_it(server, open_page):
    page = open_page()
    open_command(server, page, COMMANDS["quick"])
    page.get_by_label("Parameters as one line").fill("for all")
    page.get_by_role("button", name="Save these values as…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Shared one")
    page.get_by_role("dialog").get_by_label("For everyone").check()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.locator(".preset", has_text="Shared one")).to_contain_text("for everyone")
    ann = open_page("other")
    open_command(server, ann, COMMANDS["quick"])
    preset = ann.locator(".preset", has_text="Shared one")
    expect(preset.locator(".preset-delete")).to_have_count(0)
    preset.get_by_role("button").click()
    expect(ann.get_by_label("Parameters as one line")).to_have_value("for all")
    ann.get_by_role("button", name="Save these values as…").click()
    expect(ann.get_by_role("dialog").get_by_label("For everyone")).to_have_count(0)
    ann.keyboard.press("Escape")
    page.get_by_role("button", name="Delete preset Shared one").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete preset").click()
    expect(page.locator(".preset")).to_have_count(0)


def test_long_lists_of_choices_are_searched_by_keyboard(server, page):
    open_command(server, page)
    field = page.get_by_role("combobox")
    field.fill("3")
    expect(page.get_by_role("option")).to_have_count(13)
    field.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_text("feature-13")
    field.press("Enter")
    expect(field).to_have_value("feature-13")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_label("Parameters as one line")).to_have_value("feature-13")
    field.fill("nonsense")
    field.press("Tab")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_label("Parameters as one line").fill("feature-39")
    expect(field).to_have_value("feature-39")


def test_categories_titles_and_help_come_from_the_configuration(server, page):
    first = page.locator(".command-groups section").first
    expect(first.get_by_role("heading")).to_have_text("Deployment")
    expect(first.locator("h2 .icon")).to_be_visible()
    page.get_by_label("Search commands").fill("the shop")
    expect(page.locator(".command-groups a").first).to_contain_text("Deploy the shop")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Deploy the shop")
    text = page.locator(".help-text")
    expect(text.locator("strong")).to_have_text("branch")
    expect(text.locator("li")).to_have_count(2)
    expect(text.locator("li code")).to_have_text("main")
    expect(text.get_by_role("link", name="feature")).to_have_attribute("href", "https://example.com/")
    expect(text).to_contain_text("<b>Not HTML</b>")
