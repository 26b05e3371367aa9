//! Every page of the portal, on a phone and on a desktop, light and dark: looked at by axe, weighed, photographed.
//!
//! The pictures are in `target/screenshots`, for people to look at.

use std::path::{Path, PathBuf};
use std::time::Duration;
use zaguan_testing::TestPortal;
use zaguan_testing::browser::{Browser, Settings};

const EMAIL: &str = "ana.perez@gmail.com";
/// The address that Ana changes to on the way.
const NEW_EMAIL: &str = "ana.nueva@gmail.com";
const PASSWORD: &str = "el mate con yuyos de Nelida";

/// What a page may weigh, all told, in bytes over the wire.
const HEAVIEST: u64 = 20 * 1024;
/// How many requests a page may need: itself, its style, its icon, and the frame with the letter's fate.
const REQUESTS: usize = 4;

struct Walk {
    browser: Browser,
    url: String,
    folder: PathBuf,
    faults: Vec<String>,
}

impl Walk {
    async fn to(&mut self, path: &str, name: &str) {
        self.browser.requests().await;
        self.browser.goto(&format!("{}{path}", self.url)).await;
        self.look(name).await;
        let asked = self.browser.requests().await;
        let weight: u64 = asked.iter().map(|request| request.bytes).sum();
        if weight > HEAVIEST || asked.len() > REQUESTS {
            self.faults.push(format!("{name} weighs {weight} bytes in {} requests: {asked:?}", asked.len()));
        }
    }

    async fn look(&mut self, name: &str) {
        self.browser.screenshot(&self.folder.join(format!("{name}.png"))).await;
        for violation in self.browser.axe().await {
            self.faults.push(format!("{name}: {violation:?}"));
        }
        for wide in self.browser.horizontal_scroll().await {
            self.faults.push(format!("{name} scrolls sideways: {wide}"));
        }
        for complaint in self.browser.complaints().await {
            // Chromium reports the statuses of refused forms and of missing pages; they are meant.
            if !complaint.contains("Failed to load resource") {
                self.faults.push(format!("{name}: {complaint}"));
            }
        }
    }

    async fn register(&self, policy: &str, email: &str) {
        self.browser.goto(&format!("{}/registro", self.url)).await;
        self.browser.fill("documento", "20-12345678-6").await;
        self.browser.fill("ramo", "automotores").await;
        self.browser.fill("poliza", policy).await;
        self.browser.fill("email", email).await;
        self.browser.press("Guardar").await;
    }
}

async fn walks_every_page(settings: Settings, name: &str) {
    let (portal, url) = TestPortal::served().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots").join(name);
    let mut walk = Walk { browser: Browser::open(settings).await, url, folder, faults: Vec::new() };
    for (path, name) in [
        ("/", "bienvenida"),
        ("/registro", "registro"),
        ("/ingreso", "ingreso"),
        ("/recuperar", "recuperar"),
        ("/registro/clave", "registro-clave-otro-navegador"),
        ("/clave-definitiva", "clave-definitiva-sin-clave"),
        ("/enlace/cortado", "enlace-cortado"),
        ("/guia", "guia"),
        ("/ayuda", "ayuda"),
        ("/privacidad", "privacidad"),
        ("/nada", "no-existe"),
    ] {
        walk.to(path, name).await;
    }
    registration(&mut walk, &portal).await;
    recovery(&mut walk, &portal).await;
    hold(&mut walk, &portal).await;
    assert!(walk.faults.is_empty(), "{:#?}", walk.faults);
}

/// Rosa, for whom the book has an address, types another one.
async fn hold(walk: &mut Walk, portal: &TestPortal) {
    walk.browser.goto(&format!("{}/registro", walk.url)).await;
    walk.browser.fill("documento", "27111222").await;
    walk.browser.fill("ramo", "automotores").await;
    walk.browser.fill("poliza", "27111222").await;
    walk.browser.fill("email", "rosa.nueva@gmail.com").await;
    walk.browser.press("Guardar").await;
    walk.look("registro-clave-espera").await;
    portal.deliver().await;
    let told = portal.last_letter_to("rosa@correo.example");
    walk.to(&told.release_path(), "si-fui-yo").await;
    walk.browser.press("Sí, fui yo").await;
    walk.look("si-fui-yo-listo").await;
    walk.to(&told.disown_path(), "no-fui-yo").await;
    walk.browser.press("No fui yo").await;
    walk.look("no-fui-yo-listo").await;
    walk.to("/no-fui-yo/cortado", "no-fui-yo-cortado").await;
}

async fn registration(walk: &mut Walk, portal: &TestPortal) {
    walk.browser.goto(&format!("{}/registro", walk.url)).await;
    walk.browser.press("Guardar").await;
    walk.look("registro-vacio").await;
    walk.register("999", EMAIL).await;
    walk.look("registro-ninguna-poliza").await;
    walk.register("1234567", "ana@gmial.com").await;
    walk.look("registro-quiso-decir").await;
    walk.register("1234567", EMAIL).await;
    walk.look("registro-clave").await;
    portal.refuse_letters("550 5.1.1 no such user");
    portal.deliver().await;
    walk.to("/registro/clave", "registro-clave-rechazado").await;
    portal.accept_letters();
    portal.world().pass(jiff::SignedDuration::from_mins(2));
    walk.browser.press("Enviar el mensaje otra vez").await;
    portal.deliver().await;
    walk.to("/registro/clave", "registro-clave-aceptado").await;
    walk.browser.fill("clave_transitoria", "ZZZZ-ZZZZ").await;
    walk.browser.press("Continuar").await;
    walk.look("registro-clave-equivocada").await;
    let letter = portal.last_letter_to(EMAIL);
    walk.to(&letter.link_path(), "enlace").await;
    walk.browser.press("Continuar").await;
    walk.look("clave-definitiva").await;
    for (typed, told, name) in [
        ("abcdefghijkl", "Hay series", "clave-definitiva-floja"),
        ("murcielagos7!", "Tal vez", "clave-definitiva-regular"),
        (PASSWORD, "Parece buena", "clave-definitiva-buena"),
    ] {
        walk.browser.fill("clave", typed).await;
        walk.browser.wait_for_text(told, Duration::from_secs(10)).await;
        walk.look(name).await;
    }
    walk.browser.fill("clave", "12345678").await;
    walk.browser.press("Guardar").await;
    walk.look("clave-definitiva-debil").await;
    walk.browser.fill("clave", PASSWORD).await;
    walk.browser.press("Guardar").await;
    walk.look("ingreso-clave-elegida").await;
    walk.browser.fill("clave", "equivocada").await;
    walk.browser.press("Ingresar").await;
    walk.look("ingreso-equivocado").await;
    walk.browser.fill("clave", PASSWORD).await;
    walk.browser.press("Ingresar").await;
    walk.to("/inicio", "inicio").await;
    account(walk, portal).await;
    walk.to(&letter.link_path(), "enlace-usado").await;
}

async fn account(walk: &mut Walk, portal: &TestPortal) {
    for (path, name) in [
        ("/cuenta", "cuenta"),
        ("/cuenta/clave", "cuenta-clave"),
        ("/cuenta/sesiones", "cuenta-sesiones"),
        ("/cuenta/datos", "cuenta-datos"),
        ("/cuenta/cierre", "cuenta-cierre"),
        ("/cuenta/confirmar?para=datos", "cuenta-confirmar"),
        ("/cuenta/email", "cuenta-email"),
    ] {
        walk.to(path, name).await;
    }
    walk.browser.fill("email", NEW_EMAIL).await;
    walk.browser.fill("clave_actual", "equivocada").await;
    walk.browser.press("Continuar").await;
    walk.look("cuenta-email-clave-equivocada").await;
    walk.browser.fill("clave_actual", PASSWORD).await;
    walk.browser.press("Continuar").await;
    walk.look("cuenta-email-clave").await;
    portal.deliver().await;
    walk.browser.fill("clave_transitoria", &portal.last_letter_to(NEW_EMAIL).key()).await;
    walk.browser.press("Continuar").await;
    walk.look("cuenta-correo-cambiado").await;
    walk.to("/cuenta/datos", "cuenta-datos").await;
    walk.browser.press("Pedir la corrección").await;
    walk.look("cuenta-datos-pedido-vacio").await;
}

async fn recovery(walk: &mut Walk, portal: &TestPortal) {
    walk.browser.goto(&format!("{}/recuperar", walk.url)).await;
    walk.browser.fill("usuario", "12345678").await;
    walk.browser.press("Enviar").await;
    walk.look("recuperar-clave").await;
    portal.deliver().await;
    let link = portal.last_letter_to(NEW_EMAIL).link_path();
    portal.world().pass(jiff::SignedDuration::from_mins(31));
    walk.to(&link, "enlace-vencido").await;
    walk.browser.goto(&format!("{}/recuperar/clave", walk.url)).await;
    walk.browser.fill("clave_transitoria", "0000-0000").await;
    walk.browser.press("Continuar").await;
    walk.look("recuperar-clave-vencida").await;
}

#[tokio::test]
async fn on_a_phone_in_light() {
    walks_every_page(Settings::phone(), "360-claro").await;
}

#[tokio::test]
async fn on_a_phone_in_dark() {
    walks_every_page(Settings::phone().dark(), "360-oscuro").await;
}

#[tokio::test]
async fn on_a_desktop_in_light() {
    walks_every_page(Settings::desktop(), "1280-claro").await;
}

#[tokio::test]
async fn on_a_desktop_in_dark() {
    walks_every_page(Settings::desktop().dark(), "1280-oscuro").await;
}
