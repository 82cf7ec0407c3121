//! One connection: who it is, which APIs it numbered, what it subscribed to.

use crate::methods::{ApiSet, Handler};
use crate::refusal::ApiRefusal;
use crate::view::Submission;
use crate::{ApiError, Arguments, Frame, Request, View, parse_frame};
use carbyne_wire::Json;
use serde_json::Value;

/// What came of a frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The answer, if one is wanted.
    Answer(Option<Value>),
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

    /// Handles the text of one frame.
    pub fn handle(&mut self, text: &str, view: &View<'_>) -> Outcome {
        self.handle_frame(parse_frame(text), view)
    }

    /// Handles one frame.
    pub fn handle_frame(&mut self, frame: Frame, view: &View<'_>) -> Outcome {
        (self.called, self.asked) = (None, 0);
        let mut request = match frame {
            Frame::Request(request) => request,
            Frame::Ignored => return Outcome::Answer(None),
            Frame::Malformed(answer) => return Outcome::Answer(Some(answer)),
        };
        match self.execute(&request, view) {
            Ok(Executed::Value(value)) => Outcome::Answer(request.answer(Ok(value))),
            Ok(Executed::Submission(submission)) => {
                // Not kept while the submission waits.
                request.params = Vec::new();
                Outcome::Submit(Box::new((request, submission)))
            }
            Err(error) => Outcome::Answer(request.answer(Err(error))),
        }
    }

    fn execute(&mut self, request: &Request, view: &View<'_>) -> Result<Executed, ApiError> {
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
        if method.has_callback() && !self.can_be_told {
            return Err(ApiError::NeedsWebSocket { method: method.name });
        }
        let arguments = Arguments::new(arguments);
        let executed = match method.handler {
            Handler::Read(read) => read(view, &arguments)
                .and_then(|answer| refuse_ignorance(api, method.name, answer, view))
                .map(Executed::Value),
            Handler::Session(call) => call(self, view, &arguments).map(Executed::Value),
            Handler::Submit(submit) => submit(&arguments).map(Executed::Submission),
        };
        self.asked = arguments.asked();
        executed
    }
}

/// History that begins behind the first block finds nothing of what was before, which is not to say
/// that there was nothing.
fn refuse_ignorance(
    api: ApiSet,
    method: &str,
    answer: Value,
    view: &View<'_>,
) -> Result<Value, ApiError> {
    let is_of_past = matches!(api, ApiSet::History | ApiSet::CustomOperations)
        || method.starts_with("get_trade_history");
    let first = view.history.first_block();
    let is_empty = answer.as_array().is_some_and(Vec::is_empty);
    if is_of_past && is_empty && view.history.is_kept() && first > 1 {
        return Err(ApiError::assert(format!("history is not known before block {first}")));
    }
    Ok(answer)
}

enum Executed {
    Value(Value),
    Submission(Submission),
}
