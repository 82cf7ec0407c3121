//! One connection: who it is, which APIs it numbered, what it subscribed to.

use crate::answer::Answer;
use crate::limits::at_most;
use crate::methods::{ApiSet, Handler, Method};
use crate::refusal::ApiRefusal;
use crate::signature::Type;
use crate::view::Submission;
use crate::{ApiError, Arguments, Frame, Limits, Reply, Request, View, parse_frame};
use carbyne_wire::Json;
use serde_json::Value;

/// What came of a frame.
#[derive(Debug)]
pub enum Outcome {
    /// The answer, if one is wanted.
    Answer(Option<Reply>),
    /// The request is to be executed again, after others had their turn.
    Again(Request),
    /// The request is to be answered with what becomes of a submission.
    Submit(Box<(Request, Submission)>),
}

/// One connection.
#[derive(Clone, Debug)]
pub struct Session {
    /// API sets this user may use.
    pub(crate) allowed: Vec<ApiSet>,
    /// API sets that nobody may use over this connection, whoever he is.
    pub withheld: &'static [ApiSet],
    /// Whether anything can be told over this connection beside answers.
    pub can_be_told: bool,
    /// API sets by the numbers this connection was given: 0 the database, 1 login, the rest in
    /// order of asking.
    numbered: Vec<ApiSet>,
    /// The API set and method of the last frame, if it named one that exists.
    pub called: Option<(ApiSet, &'static str)>,
    /// How many arguments the method of the last frame asked for, given or not.
    pub asked: usize,
    /// What it wants to be told.
    pub subscriptions: crate::subscriptions::Subscriptions,
}

impl Session {
    /// A new connection that may use `allowed`.
    pub fn new(allowed: &[ApiSet]) -> Self {
        Self {
            allowed: allowed.to_vec(),
            withheld: &[],
            can_be_told: true,
            numbered: vec![ApiSet::Database, ApiSet::Login],
            called: None,
            asked: 0,
            subscriptions: Default::default(),
        }
    }

    /// Handles the text of one frame, however long that holds the state.
    pub fn handle(&mut self, text: &str, view: &View<'_>) -> Outcome {
        let mut frame = parse_frame(text, &view.settings.limits);
        loop {
            match self.handle_frame(frame, view) {
                Outcome::Again(again) => frame = Frame::Request(again),
                outcome => return outcome,
            }
        }
    }

    /// Handles one frame.
    pub fn handle_frame(&mut self, frame: Frame, view: &View<'_>) -> Outcome {
        (self.called, self.asked) = (None, 0);
        let mut request = match frame {
            Frame::Request(request) => request,
            Frame::Ignored => return Outcome::Answer(None),
            Frame::Malformed(answer) => return Outcome::Answer(Some(Reply::Ready(answer))),
        };
        match self.call(&request, view) {
            Ok(Executed::Answer(answer)) => Outcome::Answer(request.answer(Ok(answer))),
            Ok(Executed::Submission(submission)) => {
                // Not kept while the submission waits.
                request.params = Vec::new();
                Outcome::Submit(Box::new((request, submission)))
            }
            Err(ApiError::Unfinished) => Outcome::Again(request),
            Err(error) => Outcome::Answer(request.answer(Err::<Answer, _>(error))),
        }
    }

    fn call(&mut self, request: &Request, view: &View<'_>) -> Result<Executed, ApiError> {
        match request.method.as_str() {
            "call" => {
                let [api, method, Value::Array(arguments)] = request.params.as_slice() else {
                    return Err(ApiRefusal::NotACall.into());
                };
                let api = self.resolve(api)?;
                self.invoke(api, &String::from_json(method)?, arguments, view)
            }
            "notice" | "callback" => {
                let [number, Value::Array(_)] = request.params.as_slice() else {
                    return Err(ApiRefusal::NotACallback.into());
                };
                u64::from_json(number)?;
                Err(ApiRefusal::UnknownCallback.into())
            }
            method => self.invoke(ApiSet::Database, method, &request.params, view),
        }
    }

    /// The API behind a number or a name; a name is asked of the login API first.
    fn resolve(&mut self, api: &Value) -> Result<ApiSet, ApiError> {
        if let Value::String(name) = api {
            let set = ApiSet::by_name(name).ok_or_else(|| {
                let known = ApiSet::Login.methods().map(|method| method.name).collect();
                ApiError::MethodNotFound { name: name.clone(), known }
            })?;
            self.number_of(set)?;
            return Ok(set);
        }
        let number = usize::try_from(u64::from_json(api)?).unwrap_or(usize::MAX);
        let set = self.numbered.get(number).copied();
        set.ok_or_else(|| ApiRefusal::UnknownApi.into())
    }

    /// Whether an API set may be used.
    pub(crate) fn may_use(&self, set: ApiSet) -> bool {
        self.allowed.contains(&set) && !self.withheld.contains(&set)
    }

    /// The number of an API set for this connection, given when it is first asked for.
    pub(crate) fn number_of(&mut self, set: ApiSet) -> Result<usize, ApiError> {
        if !self.may_use(set) {
            return Err(ApiRefusal::AccessDenied { api: set.name() }.into());
        }
        if let Some(number) = self.numbered.iter().position(|numbered| *numbered == set) {
            return Ok(number);
        }
        self.numbered.push(set);
        Ok(self.numbered.len() - 1)
    }

    fn invoke(
        &mut self,
        api: ApiSet,
        name: &str,
        arguments: &[Value],
        view: &View<'_>,
    ) -> Result<Executed, ApiError> {
        let method = api.methods().find(|method| method.name == name).ok_or_else(|| {
            let known = api.methods().map(|method| method.name).collect();
            ApiError::MethodNotFound { name: name.to_owned(), known }
        })?;
        self.called = Some((api, method.name));
        bounded(method, arguments, &view.settings.limits)?;
        if method.has_callback() && !self.can_be_told {
            return Err(ApiError::NeedsWebSocket { method: method.name });
        }
        view.begin();
        let arguments = Arguments::new(arguments, view.ledger.dialect);
        let executed = match method.handler {
            Handler::Read(read) => read(view, &arguments).map(Answer::Json).map(Executed::Answer),
            Handler::Gather(gather) => gather(view, &arguments)
                .and_then(|answer| admit_ignorance(api, method.name, answer, view))
                .map(Executed::Answer),
            Handler::Session(call) => call(self, view, &arguments).map(Executed::Answer),
            Handler::Submit(submit) => submit(&arguments).map(Executed::Submission),
        };
        self.asked = arguments.asked();
        executed
    }
}

/// Refuses lists in arguments that are longer than their limits.
fn bounded(method: &Method, arguments: &[Value], limits: &Limits) -> Result<(), ApiError> {
    if !arguments.iter().any(Value::is_array) {
        return Ok(());
    }
    let parameters = method.signature().map(|all| all.parameters).unwrap_or_default();
    for (parameter, argument) in parameters.iter().zip(arguments) {
        if let (Type::ListUpTo(_, limit), Value::Array(items)) = (&parameter.type_, argument) {
            at_most(items.len(), limits.of(limit).unwrap_or_default(), parameter.name)?;
        }
    }
    Ok(())
}

/// History that begins behind the first block finds nothing of what was before, which is not to say
/// that there was nothing: who asks for a list is refused, and a last page says so.
fn admit_ignorance(
    api: ApiSet,
    method: &str,
    answer: Answer,
    view: &View<'_>,
) -> Result<Answer, ApiError> {
    let first = view.history.first_block();
    if !view.history.is_kept() || first <= 1 {
        return Ok(answer);
    }
    let is_of_past = matches!(api, ApiSet::History | ApiSet::CustomOperations)
        || method.starts_with("get_trade_history");
    if is_of_past && answer.is_empty() {
        return Err(ApiError::assert(format!("history is not known before block {first}")));
    }
    let is_page = api == ApiSet::Carbyne && view.is_past_asked.get();
    Ok(if is_page { answer.not_known_before(first) } else { answer })
}

enum Executed {
    Answer(Answer),
    Submission(Submission),
}
