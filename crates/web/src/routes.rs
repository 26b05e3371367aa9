//! The routes, as data: the router, the tests of access and the documentation all come from this table.

use crate::app::App;
use crate::around::Around;
use crate::{
    around, change_password, close_account, disown, email_change, enter_key, hold, home, letter_status, link,
    my_account, my_data, my_sessions, plain, prove, recover, register, session, set_password, sign_in,
};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;
use std::fmt;
use std::sync::Arc;
use tower_http::csrf::CsrfLayer;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Who is signed in; others are sent to sign in first.
    SignedIn,
    /// Who is signed in; others are told 401. For reverse proxies.
    ForwardAuth,
    /// Everybody, but only in the demo; elsewhere there is no such page.
    Demo,
}

/// One thing that the portal answers.
pub struct Route {
    /// The method; GET answers HEAD too.
    pub method: Method,
    /// The path, with names in braces for what varies.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What it does, in a line.
    pub doc: &'static str,
    handler: fn(MethodFilter) -> MethodRouter<Arc<App>>,
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({:?})", self.method, self.path, self.access)
    }
}

macro_rules! routes {
    ($($access:ident $method:ident $path:literal $handler:path, $doc:literal;)*) => {
        /// Every route of the portal.
        pub const ROUTES: &[Route] = &[$(Route {
            method: Method::$method,
            path: $path,
            access: Access::$access,
            doc: $doc,
            handler: |method| on(method, $handler),
        }),*];
    };
}

routes! {
    Public GET "/" plain::welcome, "welcome";
    Public GET "/registro" register::show, "the form of registration";
    Public POST "/registro" register::submit, "asks for a user: document, line of business, policy, e-mail";
    Public GET "/registro/clave" enter_key::show_register, "where the temporary key is typed";
    Public POST "/registro/clave" enter_key::submit_register, "tries a temporary key";
    Public GET "/registro/clave/estado" letter_status::show, "what became of the letter; refreshes itself";
    Public POST "/registro/reenviar" enter_key::ask_again, "asks for the letter again";
    Public POST "/registro/corregir" enter_key::correct, "corrects the address";
    Public GET "/clave-definitiva" set_password::show, "the form of the password, for a browser that showed a key";
    Public POST "/clave-definitiva" set_password::submit, "sets the password and spends the key";
    Public GET "/ingreso" sign_in::show, "the form of sign-in";
    Public POST "/ingreso" sign_in::submit, "signs in";
    Public POST "/salir" sign_in::sign_out, "signs out";
    Public GET "/recuperar" recover::show, "the form of recovery";
    Public POST "/recuperar" recover::submit, "asks for the steps to choose a new password";
    Public GET "/recuperar/clave" enter_key::show_recover, "where the temporary key is typed";
    Public POST "/recuperar/clave" enter_key::submit_recover, "tries a temporary key";
    Public GET "/enlace/{token}" link::show, "the link of a letter: shows a button";
    Public POST "/enlace/{token}" link::submit, "carries the key of the link on";
    Public GET "/no-fui-yo/{token}" disown::show, "says of a letter that one did not cause it: shows a button";
    Public POST "/no-fui-yo/{token}" disown::submit, "stops what the letter told of";
    Public GET "/si-fui-yo/{token}" hold::show, "the address on file lets a held key go: shows a button";
    Public POST "/si-fui-yo/{token}" hold::submit, "lets the key go";
    SignedIn GET "/inicio" home::show, "the person's policies";
    SignedIn GET "/cuenta" my_account::show, "the account in short, and what happened to it lately";
    SignedIn GET "/cuenta/confirmar" prove::show, "asks for the password again, before what is sensitive";
    SignedIn POST "/cuenta/confirmar" prove::submit, "tries the present password";
    SignedIn GET "/cuenta/clave" change_password::show, "the form of another password";
    SignedIn POST "/cuenta/clave" change_password::submit, "changes the password, ends the other sessions";
    SignedIn GET "/cuenta/email" email_change::show, "the form of another address";
    SignedIn POST "/cuenta/email" email_change::submit, "sends a key to another address";
    SignedIn GET "/cuenta/email/clave" email_change::show_key, "where the key of another address is typed";
    SignedIn POST "/cuenta/email/clave" email_change::submit_key, "changes the address";
    SignedIn GET "/cuenta/sesiones" my_sessions::show, "the browsers that are signed in";
    SignedIn POST "/cuenta/sesiones" my_sessions::submit, "ends one session, or all others";
    SignedIn GET "/cuenta/datos" my_data::show, "everything that is held of the person";
    SignedIn GET "/cuenta/datos.json" my_data::file, "the same, to download";
    SignedIn POST "/cuenta/datos/correccion" my_data::ask, "asks for a correction of data";
    SignedIn GET "/cuenta/cierre" close_account::show, "what closing the account means";
    SignedIn POST "/cuenta/cierre" close_account::submit, "closes the account";
    ForwardAuth GET "/sesion" session::show, "who is signed in, for reverse proxies";
    Public GET "/guia" plain::guide, "the illustrated guide";
    Public GET "/ayuda" plain::help, "questions and whom to call";
    Public GET "/privacidad" plain::privacy, "what is done with personal data";
    Demo GET "/buzon" plain::mailbox, "the letters that the demo sent";
}

/// The portal, ready to serve.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        router = router.route(route.path, guarded(route, &app));
    }
    let around = from_fn_with_state(Arc::new(Around::new(&app)), around::pass);
    router.fallback(plain::elsewhere).layer(cross_site_check(&app)).layer(around).with_state(app)
}

fn guarded(route: &Route, app: &Arc<App>) -> MethodRouter<Arc<App>> {
    let filter = if route.method == Method::POST { MethodFilter::POST } else { MethodFilter::GET };
    let handler = (route.handler)(filter);
    match route.access {
        // Who is told 401 is for `/sesion` itself to say, which needs less of a session than a page.
        Access::Public | Access::Demo | Access::ForwardAuth => handler,
        Access::SignedIn => {
            handler.route_layer(from_fn_with_state(Arc::clone(app), session::signed_in_or_sign_in))
        }
    }
}

/// Refuses forms that another site sent. An origin that is not one of ours to trust by name is still compared with
/// the host that the request came to.
fn cross_site_check(app: &App) -> CsrfLayer {
    CsrfLayer::new().add_trusted_origin(app.public_url.origin()).unwrap_or_default()
}
