package org.cl2cm.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The page for people, in a real browser. Screenshots lie in `target/screenshots` afterwards.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {
    private static final Path SCREENSHOTS = Path.of("target/screenshots");

    private ServedWorld world = new ServedWorld(Path.of(""));
    private @Nullable Server server;
    private @Nullable Playwright playwright;
    private @Nullable Browser browser;
    private @Nullable BrowserContext context;
    private @Nullable Page opened;
    private final List<String> loaded = new ArrayList<>();

    /// `CL2CM_BROWSER`, or where Chromium usually is.
    private static Optional<Path> chromium() {
        return Stream.of(
                        System.getenv("CL2CM_BROWSER"),
                        "/usr/bin/chromium",
                        "/usr/bin/chromium-browser",
                        "/usr/bin/google-chrome",
                        "/usr/bin/google-chrome-stable")
                .filter(path -> path != null && !path.isEmpty())
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        Optional<Path> chromium = chromium();
        if (chromium.isEmpty()) {
            System.out.println("NOT TESTED: the page, since no browser is here. Install one, e.g. apt-get install"
                    + " chromium, or name it in CL2CM_BROWSER");
        }
        Assumptions.assumeTrue(chromium.isPresent(), "no browser; install chromium");
        world = ServedWorld.create(folder);
        if (ServedFilms.isPossible()) {
            ServedFilms.create(folder.resolve("films"), world.collections());
        }
        server = Server.start(world.collections(), ServeSettings.DEFAULT);
        Playwright made = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        playwright = made;
        browser = made.chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium.get())
                        .setArgs(List.of("--no-sandbox", "--disable-gpu")));
    }

    @AfterAll
    void stop() throws IOException {
        if (playwright != null) {
            playwright.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void open() {
        open(new Browser.NewContextOptions().setViewportSize(1100, 900));
    }

    private void open(Browser.NewContextOptions options) {
        close();
        context = Objects.requireNonNull(browser).newContext(options.setLocale("en"));
        Page page = context.newPage();
        opened = page;
        loaded.clear();
        page.onRequest(request -> loaded.add(request.url()));
        page.navigate(address());
    }

    @AfterEach
    void close() {
        if (context != null) {
            context.close();
            context = null;
        }
    }

    private Page page() {
        return Objects.requireNonNull(opened);
    }

    private String address() {
        return Objects.requireNonNull(server).address() + "/";
    }

    private void search(String words) {
        page().locator("#words").fill(words);
        page().locator("#words").press("Enter");
    }

    private Locator hits() {
        return page().locator("#hits > li");
    }

    private void hits(int count) {
        PlaywrightAssertions.assertThat(hits()).hasCount(count);
    }

    private void nothingIsCutOff() {
        assertThat(page().evaluate("""
                        [...document.querySelectorAll('.hit')].filter((tile) => {
                          const outer = tile.getBoundingClientRect();
                          const inner = tile.querySelector('.like').getBoundingClientRect();
                          return inner.left < outer.left || inner.right > outer.right || inner.bottom > outer.bottom;
                        }).length""")).isEqualTo(0);
    }

    private void note(String pattern) {
        PlaywrightAssertions.assertThat(page().locator("#note")).hasText(Pattern.compile(pattern));
    }

    private void shot(String name) {
        page().screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
    }

    @ParameterizedTest
    @CsvSource({"a square in red, ltr", "一个红色的正方形, ltr", "مربع أحمر كبير, rtl"})
    void findsWithWordsInAnyScript(String words, String direction) throws Exception {
        PlaywrightAssertions.assertThat(page().locator("#blank")).containsText("your own language");
        search(words);
        hits(24);
        note("24 results in \\d+ ms · language: .*");
        assertThat(page().locator("#words").evaluate("one => getComputedStyle(one).direction"))
                .isEqualTo(direction);
        // What is in view was fetched and decoded; the rest waits until it comes into view.
        assertThat(
                        Eventually.holds(
                                () -> Boolean.TRUE.equals(
                                        page().evaluate(
                                                        "[...document.querySelectorAll('#hits img')].slice(0, 6).every(one => one.naturalWidth > 0)"))))
                .isTrue();
        PlaywrightAssertions.assertThat(hits().first().locator(".score")).containsText("%");
        nothingIsCutOff();
        shot("words-" + direction + "-" + words.length());
        assertThat(loaded).hasSizeGreaterThan(10).allMatch(url -> url.startsWith(address()));
    }

    @Test
    void findsWithAPicture() {
        page().locator("#picture").setInputFiles(world.picture(3));
        hits(24);
        PlaywrightAssertions.assertThat(hits().first()).hasAttribute("data-id", "p3");
        PlaywrightAssertions.assertThat(page().locator("#given")).containsText("p3.png");
        shot("picture");
        page().locator("#given button").click();
        hits(0);
    }

    @Test
    void aMomentOfAVideoIsShownAndPlayed() throws Exception {
        Assumptions.assumeTrue(ServedFilms.isPossible(), "no ffmpeg; install it");
        page().navigate(address() + "#in=videos&like=one%402-4");
        hits(4);
        Locator first = hits().first();
        PlaywrightAssertions.assertThat(first).hasAttribute("data-id", "one@2-4");
        PlaywrightAssertions.assertThat(first.locator(".caption")).containsText("0:02 to 0:04");
        assertThat(Eventually.holds(() ->
                        Boolean.TRUE.equals(page().evaluate("document.querySelector('#hits img').naturalWidth > 0"))))
                .isTrue();
        shot("moments");
        first.locator(".open").click();
        PlaywrightAssertions.assertThat(page().locator("#item-video")).isVisible();
        assertThat(
                        Eventually.holds(
                                () -> Boolean.TRUE.equals(
                                        page().evaluate(
                                                        "(v => v.currentTime >= 2 && v.duration > 5.5)(document.querySelector('#item-video'))"))))
                .as("it plays from the start of the moment")
                .isTrue();
        assertThat(
                        Eventually.holds(
                                () -> Boolean.TRUE.equals(
                                        page().evaluate(
                                                        "(v => v.paused && !v.seeking && v.currentTime > 3.5 && v.currentTime < 4)(document.querySelector('#item-video'))"))))
                .as("it stops at the end of the moment")
                .isTrue();
        shot("moment");
        page().keyboard().press("Escape");
        PlaywrightAssertions.assertThat(page().locator("#item-video")).isHidden();
        // The page hears of it after the dialog is gone.
        assertThat(Eventually.holds(() -> page().locator("#item-video").getAttribute("src") == null))
                .as("the video is let go")
                .isTrue();
    }

    @Test
    void filtersAndSaysWhatIsWrongWithAFilter() {
        page().locator("summary").click();
        page().locator("#filter").fill("split=val");
        search("a square in red");
        hits(8);
        page().locator("#filter").fill("split=val AND year>3000");
        search("a square in red");
        PlaywrightAssertions.assertThat(page().locator("#blank")).hasText("Nothing was found that matches the filter.");
        shot("nothing");
        page().locator("#filter").fill("splitt=val");
        search("a square in red");
        note("filter.*splitt.*");
        PlaywrightAssertions.assertThat(page().locator("#note")).hasClass("bad");
        PlaywrightAssertions.assertThat(page().locator("#filter")).isFocused();
        shot("wrong-filter");
        page().locator("#filter").fill("");
        page().locator("#least").selectOption("0.1");
        page().locator("#without").fill("green");
        search("a square in red");
        PlaywrightAssertions.assertThat(page().locator("#note")).not().hasClass("bad");
    }

    private Locator control(String name) {
        return page().getByLabel(name, new Page.GetByLabelOptions().setExact(true));
    }

    private Locator chips() {
        return page().locator("#chips button");
    }

    private void filter(String text) {
        PlaywrightAssertions.assertThat(page().locator("#filter")).hasValue(text);
    }

    @Test
    void controlsOfTheDeclaredFieldsWriteTheFilter() {
        search("a square in red");
        hits(24);
        page().locator("summary").click();
        // By the keyboard alone: Tab leaves a control, which then counts.
        control("year: from").focus();
        page().keyboard().type("2010");
        page().keyboard().press("Tab");
        PlaywrightAssertions.assertThat(control("year: to")).isFocused();
        hits(14);
        filter("year>=2010");
        page().keyboard().type("2019");
        page().keyboard().press("Enter");
        hits(10);
        filter("year>=2010 AND year<=2019");
        // Values that results had are offered.
        assertThat(page().evaluate("[...document.getElementById(document.querySelector('#controls input[list]')"
                        + ".getAttribute('list')).options].map(one => one.value).join()"))
                .isEqualTo("train,val");
        control("split").fill("val");
        control("split").press("Enter");
        hits(4);
        filter("year>=2010 AND year<=2019 AND split=val");
        PlaywrightAssertions.assertThat(chips()).hasCount(3);
        shot("controls");
        // What the controls wrote can be passed on, and comes back.
        String shared = page().url();
        page().navigate("about:blank");
        page().navigate(shared);
        hits(4);
        PlaywrightAssertions.assertThat(control("year: from")).hasValue("2010");
        PlaywrightAssertions.assertThat(control("split")).hasValue("val");

        chips().first().focus();
        page().keyboard().press("Enter");
        filter("year<=2019 AND split=val");
        PlaywrightAssertions.assertThat(control("year: from")).hasValue("");
        PlaywrightAssertions.assertThat(chips().first()).isFocused();
        hits(4);
        control("split").fill("");
        control("split").press("Tab");
        filter("year<=2019");
        hits(20);
        chips().first().click();
        filter("");
        PlaywrightAssertions.assertThat(page().locator("#chips")).isHidden();
        PlaywrightAssertions.assertThat(page().locator("#words")).isFocused();
        hits(24);
    }

    @Test
    void whatWasWrittenByHandStaysWhenAControlIsUsed() {
        search("a square in red");
        page().locator("summary").click();
        page().locator("#filter").fill("(year<2002 OR year>2021) AND split = \"val\"");
        PlaywrightAssertions.assertThat(control("split")).hasValue("val");
        PlaywrightAssertions.assertThat(chips()).hasCount(2);
        page().locator("#filter").press("Enter");
        hits(2);
        control("split").fill("train");
        control("split").press("Enter");
        filter("(year<2002 OR year>2021) AND split=train");
        hits(2);

        page().locator("#filter").fill("split=val OR year<2001");
        PlaywrightAssertions.assertThat(control("split")).hasValue("");
        PlaywrightAssertions.assertThat(chips()).hasCount(1);
        control("year: to").fill("2020");
        control("year: to").press("Enter");
        filter("(split=val OR year<2001) AND year<=2020");
        hits(6);
        // Values with spaces, signs and the grammar's own words are put into quotes.
        control("split").fill("a \"b\" \\ c");
        control("split").press("Enter");
        filter("(split=val OR year<2001) AND year<=2020 AND split=\"a \\\"b\\\" \\\\ c\"");
        hits(0);
        PlaywrightAssertions.assertThat(page().locator("#note")).not().hasClass("bad");
        PlaywrightAssertions.assertThat(control("split")).hasValue("a \"b\" \\ c");
        control("split").fill("and");
        control("split").press("Enter");
        filter("(split=val OR year<2001) AND year<=2020 AND split=\"and\"");
        PlaywrightAssertions.assertThat(page().locator("#note")).not().hasClass("bad");
        // What is not finished is one chip, and the server says what is wrong with it.
        page().locator("#filter").fill("split=val AND (");
        PlaywrightAssertions.assertThat(chips()).hasCount(1);
        page().locator("#filter").press("Enter");
        note("filter.*");
        PlaywrightAssertions.assertThat(page().locator("#note")).hasClass("bad");
    }

    @Test
    void picturesAreShownWhole() throws Exception {
        search("a square in red");
        hits(24);
        assertThat(Eventually.holds(() ->
                        Boolean.TRUE.equals(page().evaluate("document.querySelector('#hits img').naturalWidth > 0"))))
                .isTrue();
        assertThat(page().evaluate("getComputedStyle(document.querySelector('#hits img')).objectFit"))
                .isEqualTo("contain");
        assertThat(page().evaluate("""
                        [...document.querySelectorAll('.frame')].filter((frame) => {
                          const [outer, inner] = [frame, frame.querySelector('img')].map((one) => one.getBoundingClientRect());
                          return inner.width > outer.width + .5 || inner.height > outer.height + .5;
                        }).length""")).isEqualTo(0);
    }

    @Test
    void moreLikeThisAndBack() {
        search("a square in red");
        hits(24);
        Locator tile = page().locator("li[data-id=p5]");
        tile.locator(".like").click();
        PlaywrightAssertions.assertThat(page().locator("#given")).containsText("Like p5");
        PlaywrightAssertions.assertThat(hits().first()).hasAttribute("data-id", "p5");
        page().goBack();
        PlaywrightAssertions.assertThat(page().locator("#words")).hasValue("a square in red");
        PlaywrightAssertions.assertThat(page().locator("#given")).isHidden();
        // A search can be passed on by its address.
        String shared = page().url();
        page().navigate("about:blank");
        page().navigate(shared);
        PlaywrightAssertions.assertThat(page().locator("#words")).hasValue("a square in red");
        hits(24);
    }

    @Test
    void canBeUsedWithoutAMouse() {
        PlaywrightAssertions.assertThat(page().locator("#words")).isFocused();
        page().keyboard().type("a square in blue");
        page().keyboard().press("Enter");
        hits(24);
        page().keyboard().press("ArrowDown");
        PlaywrightAssertions.assertThat(hits().first().locator(".open")).isFocused();
        page().keyboard().press("ArrowRight");
        PlaywrightAssertions.assertThat(hits().nth(1).locator(".open")).isFocused();
        page().keyboard().press("Enter");
        PlaywrightAssertions.assertThat(page().locator("#item")).isVisible();
        PlaywrightAssertions.assertThat(page().locator("#item-fields")).containsText("caption.en");
        shot("item");
        page().keyboard().press("Escape");
        PlaywrightAssertions.assertThat(page().locator("#item")).isHidden();
        page().keyboard().press("/");
        PlaywrightAssertions.assertThat(page().locator("#words")).isFocused();
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void canBeReadOnAPhoneByDayAndByNight(ColorScheme scheme) {
        open(new Browser.NewContextOptions().setViewportSize(360, 740).setColorScheme(scheme));
        search("a square in red");
        hits(24);
        assertThat(page().evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
        nothingIsCutOff();
        // Contrast as in WCAG 2: 7 for text, 4.5 for what is quiet.
        for (Map.Entry<String, Double> wanted :
                Map.of("--ink", 7.0, "--quiet", 4.5, "--bad", 4.5).entrySet()) {
            double contrast = ((Number) page().evaluate("""
                    name => {
                      const light = (key) => {
                        const hex = getComputedStyle(document.documentElement).getPropertyValue(key).trim().slice(1);
                        const [r, g, b] = [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
                          .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                      };
                      const [dark, bright] = [light(name), light("--paper")].sort((a, b) => a - b);
                      return (bright + 0.05) / (dark + 0.05);
                    }""", wanted.getKey())).doubleValue();
            assertThat(contrast).as(wanted.getKey()).isGreaterThanOrEqualTo(wanted.getValue());
        }
        shot("phone-" + scheme);
    }

    @Test
    void saysWhenTheServerCannotBeReached() {
        page().route("**/search", route -> route.abort());
        search("a square in red");
        note("The server cannot be reached\\.");
        shot("unreachable");
    }
}
