"""Where the behaviour of each kind is published: address or publication, with its date.

Those of the first part were read for this simulator, in excerpts, in November 2026. Those of the second are named from
memory and say so; whoever doubts a kind that has no other source begins there.
"""

from __future__ import annotations

# Undated pages are as they were in 2026-11.
# Machines that open links, measured by senders.
CRAFT_546 = "putyourlightson/craft-campaign issue 546, a sender's log of 836 bursts, github.com, 2026-08"
MILLIONSEND_22 = "MillionSend pull request 22, clicks of Defender and Trend Micro, github.com, 2026-09"
WARMBLY_410 = "warmbly issue 410 and pull request 412, scanners of Microsoft 365, github.com, 2026-09"
WARMBLY_569 = "warmbly pull request 569, Outlook and Apple fetch pictures with one bare agent, github.com, 2026-09"
MAUTIC_9798 = "mautic issue 9798, protection systems generate traffic, github.com, 2021-03"
MAUTIC_16263 = "mautic issue 16263, gateways fetch every link at delivery, github.com, 2026-06"
RESEND_901 = "resend-node issue 901, a second click 12 s later from elsewhere, github.com, 2026-03"
ANYMAIL_200 = "django-anymail issue 200, clusters of clicks before and between a person's, github.com, 2020-08"
M3AAWG = "M3AAWG, Impact of Non-Human Interactions, as told by mediapost.com 357725, undated"
WTTW_2013 = "Word to the Wise, Barracuda filters clicking all links, and comments, wordtothewise.com, 2013-07"
WTTW_2019 = "Word to the Wise, Automated link checking getting more sophisticated, wordtothewise.com, 2019-01"
WTTW_MPP = "Word to the Wise, Apple MPP reporting and geolocation, wordtothewise.com, 2021-09"
SUPED_TIMES = "Suped, How long anti-spam bots take to click, up to 30 minutes and again later, suped.com, 2024-11"
SUPED_AGENTS = "Suped, Identify bot agents in click data, suped.com, 2026-05"
PAMINGA = "Paminga, Bot filtering (some wait at random between clicks), paminga.com, undated"
SPOTLER = "Spotler, GatorMail bot detection by a hidden link, help.spotler.co.uk, undated"
ACT_ON = "Act-On, False positives in email clicks, connect.act-on.com 360023757754, undated"
LIVE_DIRECT = "Live Direct Marketing, Bot clicks: a field guide, and Apple Mail 16, live-direct-marketing.online, 2026"
HUMMINGDECK = "HummingDeck, Why your deck analytics are wrong (sessions of 22 to 48 s), hummingdeck.com, undated"
APERZA = "Apérza DX, clicks by sandboxes in Japan, dx.aperza.com/help/guide/mail/954, undated"
SPIRAL = "SPIRAL, クリックカウントに連続してログが残る理由, support.spiral-platform.com/faq/11314, undated"
KUNREN = "標的型攻撃メール訓練実施キット, 自動クリック, kunrenkit.jp, undated"
KNOWBE4 = "KnowBe4, Identify and address false positives, support.knowbe4.com 360059091413, undated"
PHISH_INSIGHT = "Trend Micro Phish Insight, How bot activities are found, success.phishinsight.trendmicro.com, undated"
# One-time links that scanners used up, with their requests.
EMDASH_3298 = "emdash issue 3298, two GETs 22 s after sending, AS8075, headless Chrome, github.com, 2026-09"
FLEET_26976 = "fleet issue 26976, Safe Links with a Chrome eight versions old, github.com, 2025-03"
OPENCOLLECTIVE_3656 = "opencollective issue 3656, 40.94.16.x and 40.107.235.x, Chrome 64 and 72, github.com, 2020-11"
GOPHISH_973 = "gophish issue 973, pixel and link in one second from 40.107.218.12, github.com, 2018-02"
GOPHISH_2446 = "gophish issue 2446, Chrome 79, 80 and 96 before the letter is delivered, github.com, 2022-04"
GOPHISH_1555 = "gophish issue 1555, Internet Explorer 8 one to three seconds after sending, github.com, 2019-08"
GOPHISH_2357 = "gophish issue 2357, older Chromes, again in the evening, github.com, 2021-11"
GOPHISH_2938 = "gophish issue 2938, 35.x.x.x right after sending, github.com, 2023-08"
GOPHISH_1559 = "gophish issues 1559 and 1061, hundreds of clicks in three days, github.com, 2018 and 2019-08"
GOPHISH_3317 = "gophish issues 3317 and 2853, reported or forwarded to a ticket system, github.com, 2025-02 and 2023-05"
ONETIMESECRET_359 = "onetimesecret issue 359, two reads in quick succession from AWS and Cogent, github.com, 2024-05"
MAGICLINK_96 = "laravel-magiclink issue 96, HEAD and a second later the browser's GET, github.com, 2023-04"
SUPABASE_1214 = "supabase/auth issue 1214, HEAD by link checks, github.com, 2023-08"
# Vendors.
SAFE_LINKS = "Microsoft Learn, Safe Links at delivery and at the click, MicrosoftDocs 6451 and 122, 2021-09 and 2024-10"
MS_AUTOMATED = "Microsoft Q&A 12221247, clicks of automated services, learn.microsoft.com, undated"
OFFICE_DISCOVERY = "Microsoft, Office Existence Discovery Protocol (HEAD), blogs.msdn.microsoft.com, 2008-03"
PROOFPOINT_FAQ = "University of Hawaii, URL Defense FAQ, hawaii.edu/askus/1889, undated; Vircom, URL Defense, 2020-01"
BARRACUDA = "Barracuda, Unwanted link clicks, campus.barracuda.com 498468311, undated"
BROADCOM_FOLLOWING = "Broadcom, Link Following technologies, knowledge.broadcom.com 161979, undated"
BROADCOM_CLICK = "Broadcom, Click-time URL Protection, knowledge.broadcom.com 163839 and 163837, undated"
TREND_WRS = "Trend Micro, Web Reputation Services and website owners, helpcenter.trendmicro.com tmka-18762, undated"
TREND_2017 = "blog.z0i.net, accesses from trendmicro.com with their agents, 2017-01; lifewithunix.jp, 2012-06"
TREND_2008 = "himaj.in, 150.70.84.x, 216.104.15.x and 66.180.82.x with a user's visits, 2006 to 2009; kuragane.jp, 2018"
TREND_FORUM = "WebmasterWorld 4363886, Trend's requests before and after the visitor's, webmasterworld.com, 2011"
TREND_CLICK = "Trend Micro, Email Security: URL click tracking, docs.trendmicro.com, undated"
AVG_2008 = "the-art-of-web.com, Fake traffic from AVG (from the user's own address), 2008; WebmasterWorld 3657953, 2008"
SOPHOS = "Sophos, Email: URL protection (stops at many links), docs.sophos.com, undated"
VIPRE = "VIPRE, Link Isolation: 20 to 30 s, same browser as the requestor, vipre.helpjuice.com, 2023-10 and 2025-07"
CLOUDFLARE = "Cloudflare, Safe email links and browser isolation, blog.cloudflare.com/safe-email-links, 2022-09"
MIMECAST_ISOLATION = "Mimecast, Browser Isolation overview, mimecastsupport.zendesk.com 34000659801363, undated"
SHIMANE = "Macnica, 島根県 security cloud with an isolated browser (Menlo), macnica.co.jp case 13, undated"
# Read in a second round.
SLACK = "Slack, Unfurling links in messages (Slack crawls what it spots), api.slack.com/docs/unfurling, undated"
META = "parseword/util-misc, Facebook's ranges from BGP, github.com, 2024-02; Meta, Web crawlers, undated"
CISCO = "Cisco, URL Defense guide, docs.ces.cisco.com, undated; AsyncOS 10.0 user guide, chapter 16, 2016"
MIMECAST = "Mimecast, Data centers and URLs, as excelmicro.kayako.com 384 has them, undated"
FORTINET = "Fortinet, FortiMail 7.4.2 url-protection and sandbox, docs.fortinet.com, 2024; its community, 2025-08"
FORCEPOINT = "Websense and Forcepoint, URL sandboxing (analysed once the user agrees), websense.com, undated"
WORKSPACES = "AWS, WorkSpaces enable_internet_access (an elastic public address), docs.rs aws-sdk-workspaces, 2022"
TOR = "Tor Project, Tor Browser manual: anti-fingerprinting, tb-manual.torproject.org, undated"
WEBAIM = "WebAIM, Screen Reader User Survey 9 (7 % go from link to link), as jay.cat sums it up, 2021"
ZSCALER = "Zscaler community 2468, servers see the address of the enforcement node, community.zscaler.com, undated"
DIGITAL_ARTS = "Digital Arts, m-FILTER looks addresses up and asks for none, pa-solution.net FAQ 3845, undated"
# Mailbox providers.
SPARKPOST = "SparkPost, Gmail is prefetching images (1 to 6 % of opens), bird.com/en-us/blog, 2022-01"
MAIL_TRACKER_255 = "mail-tracker issue 255, agents of prefetched pixels, github.com, 2025-01"
UAP_509 = "ua-parser/uap-core issue 509, Apple's proxy says Mozilla/5.0, github.com, 2021-09"
UA_PARSER_494 = "ua-parser-js issue 494, agents of Gmail's and Yahoo's proxies, github.com, 2021-05"
SOCKETLABS = "SocketLabs, Identifying Apple MPP opens, help.socketlabs.com, undated"
LITMUS_YAHOO = "Litmus, Spike in Yahoo! Mail opens (up to four repeats), litmus.com, 2018-08"
CRAWLERDEX = "crawlerdex, YahooMailProxy (hosts of yahoo.co.jp, too), crawlerdex.tn3w.dev, 2026-04"
MAILPING = "MailPing, Email clients that reveal the address, mailping.pro, 2026-03"
OUTLOOK_IOS = "yauaa issue 224 and 3rd-Eden/useragent 146, Outlook-iOS loads pictures itself, github.com, 2019 and 2020"
OUTLOOK_UA = "ua-parser/uap-core issue 29, Outlook's agent with Trident, github.com, 2015"
# People.
OPENS_BY_HOUR = "MailerMailer and GetResponse, opens by hour after delivery, marketingcharts.com 35890, 2013-08"
INNTOPIA = "Inntopia, Email's short and long tail (4 % after 30 days), corp.inntopia.com, undated"
DWELL_TIME = "Liu, White, Dumais, Weibull analysis of dwell time, SIGIR 2010; nngroup.com, 2011-09"
PARALLEL_TABS = "Huang and White, Parallel browsing behavior on the web, HT 2010, doi 10.1145/1810617.1810622"
FIREFOX_TABS = "Dubroy and Balakrishnan, Tabbed browsing among Firefox users, CHI 2010"
DOUBLE_CLICKS = "OpenACS, Double click handling, openacs.org, 2022-11; ma.ttias.be, Double-clicking on the web, 2015-04"
SOUDERS = "Souders, Unexpected reloads in WebKit, stevesouders.com, 2011-06"
CHROME_IOS_SESSIONS = "Chromium, ios/chrome/browser/sessions, restored tabs, chromium.googlesource.com, undated"
STATCOUNTER_JP = "Mynavi, StatCounter's shares in Japan (Safari six in ten on phones), mapion.co.jp, 2021-02"
LINE_AGENT = "Classmethod, User-Agent of LINE's in-app browser, dev.classmethod.jp, undated"
CUSTOM_TABS = "Tolinku, Chrome Custom Tabs (mail apps open links in them), tolinku.com, 2026"
GMAIL_IOS = "Hacker News 36495529, Gmail on iOS opens links in a Safari view, 2023"
DOCOMO = "NTT DOCOMO, IPv6 single stack, from 2022-02; ITmedia 2106/29, 2021-06; simlibre.net on shared exits, 2013"
PRIVATE_RELAY = "Apple, Prepare your network for iCloud Private Relay, developer.apple.com, undated"
RELAY_STUDY = "Sattler and others, Apple's new relay network, IMC 2022, arXiv 2207.02112"
LGWAN = "moconavi, LGWAN and the three layers, moconavi.jp, 2025-11; Macnica, 島根県, undated"
TSUGARU = "Allied Telesis, つがる市: a virtual browser (RevoWorks), allied-telesis.co.jp, 2025-01"
SEC_PURPOSE = "MDN, Sec-Purpose, developer.mozilla.org, 2025; HTML Standard, Speculative loading, 2025"
SEEDED_CLICKS = "gophish issue 2565, clicks of others after forwarding, github.com, 2022-08"
# Previews and assistants.
TEAMS = "Open Graph Plus, How Teams crawls pages (SkypeUriPreview), opengraphplus.com, undated"
LINE_POKER = "code.st40.xyz/article/284, facebookexternalhit/1.1;line-poker/1.0 from 203.104.145.28, 2017-07"
OPENAI_RANGES = "OpenAI, chatgpt-user.json, as kept by sefinek/trusted-ips-whitelist, 2026"
GOOGLE_FETCHERS = "Google, Crawlers and user-triggered fetchers, developers.google.com, 2026"
RESIDENTIAL = "sourcelibrary-v2 issue 4476, 42,000 lines of homes and one forged agent, github.com, 2026-08"
BOT_FLEETS = "ruby/git.ruby-lang.org pull request 116, a fleet of real browsers, github.com, 2026-09"
AFFILIATES = "mozilla/affiliates issue 238 and pull request 227, clicks raised by scripts, github.com, 2014 and 2015"


def _recalled(text: str) -> str:
    return f"{text} (from memory)"


IMESSAGE = _recalled("Apple, TN3156 Create rich previews for Messages, 2023")
SOCIAL = _recalled("X, Discord and Mastodon, agents of their previews, developer pages, 2024")
BROWSER_AGENTS = _recalled("Anthropic, OpenAI and Perplexity, assistants that act in the reader's browser, 2025")
FEEDS = _recalled("Kill the Newsletter, Feedbin and Readwise, letters kept as feeds, documentation, 2024")
TRELLIX = _recalled("Trellix, Email Security: URL analysis, docs.trellix.com, 2024")
HORNET = _recalled("Hornetsecurity, Advanced Threat Protection: URL scanning, manual, 2025")
MENLO = _recalled("Menlo Security, isolation platform, 2024")
VPNS = _recalled("Mullvad and NordVPN, lists of servers, 2025")
TEXT_BROWSERS = _recalled("w3m, Lynx and ELinks, manuals and default agents, 2021 to 2024")
OLD_SYSTEMS = _recalled("Chromium, Chrome 109 is the last for Windows 7, 2023; Mozilla, Firefox 115 ESR, 2023")
NO_PICTURES = _recalled("Microsoft Support, Block automatic picture downloads in Outlook, 2024")
SQUID = _recalled("Squid, request_header_access, 2024; W3C, Fetch Metadata, 2024")
NAT = _recalled("RFC 6888, carrier-grade NAT, 2013; RFC 8305, Happy Eyeballs, 2017")
MIC_GUIDELINES = _recalled("総務省, 地方公共団体における情報セキュリティポリシーに関するガイドライン, 2024-10")
GIGA = _recalled("文部科学省, GIGA スクール構想, 2024; Google, ChromeOS in schools, 2024")
FORWARDING = _recalled("RFC 5322, 3.6.6, resent messages keep their body, 2008")
HTTP_RULES = _recalled("RFC 9110, 9.2.2, clients repeat safe requests, and 10.1.5, User-Agent, 2022")
OLD_PREFETCH = _recalled("Mozilla, Link prefetching FAQ (X-Moz), MDN, 2020; Apple, Safari's top hit (X-Purpose), 2018")
LIBRARIES = _recalled("Requests, aiohttp, Go net/http and axios, default agents, documentation, 2025")
HEADLESS = _recalled("Chrome for Developers, Headless mode, 2024; puppeteer-extra stealth plug-in, 2023")
ARCHIVES = _recalled("Internet Archive, archive.org_bot, 2024; 国立国会図書館, WARP, 2025")
MONITORS = _recalled("UptimeRobot, addresses and agents, 2025; W3C Link Checker, 2024")
SCANNERS = _recalled("OWASP, Automated threats OAT-014 vulnerability scanning and OAT-016 skewing, 2018")
READERS = _recalled("Nielsen Norman Group, Email Newsletter Usability, 2017; Litmus, view in browser, 2023")
PRIVATE_MAIL = _recalled("Proton, Enhanced tracking protection, 2024; Fastmail, Remote images, 2023")
YAHOO_APP = _recalled("LINE Yahoo, Yahoo! MAIL app, help pages, 2025")
LOG_LEAKS = _recalled("W3C TAG, Good practices for capability URLs (addresses leak through logs), 2014")
EOP_WITH_GATEWAY = _recalled("Google Workspace, inbound gateway, support.google.com/a/answer/60730, 2025")
ANTIVIRUS = _recalled("Kaspersky, ESET and Norton, web protection that sends addresses to the vendor, 2024")
