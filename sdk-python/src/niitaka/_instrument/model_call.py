"""One call of a model as the host sees it: from the gate to the last piece of its answer (E1)."""

from __future__ import annotations

import copy
import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, NamedTuple, Optional, Tuple

from .._call import Call
from .._collecting import is_collecting
from .._cost.estimate_tokens import estimate_tokens, tokens_of_characters
from .._cost.token_usage import TokenUsage
from .._failure import error_kind, is_failure
from .harmless import harmless
from .library import Dialect, Library
from .raw_body import RawBody
from .reader import Reader, field
from .watch_body import watch_body

if TYPE_CHECKING:
    from .._guard import Booking
    from .._session import Session

#: Header by which the library marks calls whose answer the host reads by itself.
RAW_HEADER = "X-Stainless-Raw-Response"

#: Attribute of a response that leads its stream to the call.
CALL_ATTRIBUTE = "_niitaka_call"


class Asked(NamedTuple):
    """A call that is about to be made."""

    library: Library
    dialect: Dialect
    session: Session
    host: str
    #: The host's own.
    options: Any
    #: Has the library make the call with these options; an awaitable where the client is asynchronous.
    send: Callable[[Any], Any]
    #: Number of this try of ours, from 1.
    attempt: int = 1
    #: Models that the call has failed with.
    tried: Tuple[Any, ...] = ()


class ModelCall(Call):
    """Safe to be ended from any thread, and as often as the host, the library and the collector wish."""

    event_type = "llm"

    def __init__(self, asked: Asked, booking: Optional[Booking] = None) -> None:
        session, dialect = asked.session, asked.dialect
        self.provider = asked.library.provider_of(asked.host)
        self.options = asked.options
        self._body = body_of(asked.options)
        self._choose_model(asked)
        super().__init__(self._body.get("model"), session)
        self.asked = asked
        self._booking = booking
        #: Whether it left an error event, and policies may have it made again.
        self.is_repeatable = False
        self.is_stepping = False
        self._content = {name: self._body[name] for name in dialect.content if self._body.get(name) is not None}
        self._reader: Reader = dialect.reader(self.provider, session.options.capture_content)
        self._is_stream = False
        self._is_over = False
        self._retries: Optional[int] = None
        self._first_at: Optional[float] = None
        self._last_at: Optional[float] = None
        #: The body where the host reads it by itself.
        self._raw: Optional[RawBody] = None
        #: Whether the answer is still to be read when the library hands it over.
        self._is_open = False
        #: The response where it was read already.
        self._response: Any = None
        self._adds_usage = _wants_usage(asked, self._body)
        if self._adds_usage:
            self._change_body(stream_options={**(self._body.get("stream_options") or {}), "include_usage": True})

    def begin(self) -> None:
        """From here on the call is under way."""
        session = self._session
        assert session is not None and session.client is not None
        session.client.add_call(self)

    @harmless
    def note_response(self, response: Any, retries: Any, is_stream: bool) -> None:
        """The provider answered, after so many tries of the library's own."""
        self._retries = retries if isinstance(retries, int) else None
        self._is_stream = is_stream
        is_raw = bool(response.request.headers.get(RAW_HEADER))
        if response.is_closed:
            self._response = response
            return
        self._is_open = True
        if is_raw:
            headers = response.headers
            self._raw = RawBody(headers.get("content-type", ""), headers.get("content-encoding", ""))
        else:
            setattr(response, CALL_ATTRIBUTE, self)
        watch_body(response, self, is_heard=is_raw)

    @harmless
    def answered(self, result: Any) -> None:
        """The library handed over its result."""
        if self._is_open:
            return  # recorded when the host has read it, or lets go of it
        # Not by getattr: the library's models take long to say that they have no such field.
        response = getattr(result, "__dict__", {}).get("http_response")
        self._reader.take_answer(result if response is None else response.json())
        self._finish()

    @harmless
    def fail(self, trouble: BaseException) -> None:
        """The call raised: where the provider had answered and counted its tokens, that is what happened (C1)."""
        if self._response is not None and self._has_usage(self._response):
            self._finish()
        else:
            self._fail(trouble)

    @harmless
    def hides(self, chunk: Any) -> bool:
        """Reads a piece of a stream; true where the host did not ask for it."""
        self._reader.take_chunk(chunk)
        self._note_piece(self._reader.characters > 0)
        if not self._adds_usage:
            return False
        if field(chunk, "usage") is not None and not field(chunk, "choices"):
            return True
        name = "model_fields_set" if hasattr(chunk, "model_fields_set") else "__fields_set__"
        given = getattr(chunk, name, None)
        if isinstance(given, set):
            given.discard("usage")
        return False

    @harmless
    def hear_bytes(self, part: bytes) -> None:
        """Bytes of the body went by."""
        if self._raw is not None:
            self._raw.add(part)
            self._note_piece(self._is_stream)

    @harmless
    def end_stream(self) -> None:
        """The stream came to its end."""
        self._finish()

    @harmless
    def cut(self, trouble: BaseException) -> None:
        """The stream ended before its time: by a failure, or by the wish of a host that has seen some of it."""
        if is_failure(trouble) and (error_kind(trouble) != "cancelled" or self._last_at is None):
            self._fail(trouble)
        else:
            self._finish_left()

    @harmless
    def closed(self) -> None:
        """Nobody will read further; a close from within the reading of a piece is that reading's to tell."""
        if not self.is_stepping:
            self._finish_left()

    @harmless
    def leave_session(self) -> None:
        if self._is_open:
            self._finish(self._last_at)

    def _finish_left(self) -> None:
        """Nobody reads on. Where the collector found that, locks may be held around us that the holder of ours waits
        for, as those of the library's connections: it is told as soon as none is."""
        session = self._session
        if not is_collecting() or session is None or session.client is None:
            self._finish(self._last_at)
            return
        last_at = time.perf_counter() if self._last_at is None else self._last_at
        session.client.left.append(lambda: self._finish(last_at))

    def _finish(self, last_at: Optional[float] = None) -> None:
        """What a host did between the last piece and letting go of the stream is no part of the call."""
        if not self._end(is_finished=True):
            return
        self._read_raw()
        data: Dict[str, Any] = self._data() or self._head()
        self._close("llm", data, seconds=None if last_at is None else last_at - self._started)
        guard = self._session and self._session.control and self._session.control.guard
        if guard:
            guard.count(data, self._booking, self._started_ms)

    @harmless
    def _read_raw(self) -> None:
        if self._raw is not None:
            self._raw.read_into(self._reader)

    def _fail(self, trouble: BaseException) -> None:
        if not self._end(is_finished=False):
            return
        if self._retries is None:
            self._retries = _retries_of(trouble)
        spent = (self._spent() if self._is_open else None) or {}
        self._settle({**self._head(), **spent})
        if is_failure(trouble):
            more = {**self._head(), **self._given(), **spent}
            may_repeat = self._may_be_repeated(trouble)
            has_event = self._close_failed(trouble, more if may_repeat else {**more, "retryable": False})
            self.is_repeatable = has_event and may_repeat
        elif self._session is not None and self._session.client is not None:
            if not self._session.client.forget_call(self):
                self._close("log", {"message": f"left: {type(trouble).__name__}"})

    @harmless
    def _settle(self, data: Dict[str, Any]) -> None:
        guard = self._session and self._session.control and self._session.control.guard
        if guard and self._booking is not None:
            guard.settle(data, self._booking)

    def _may_be_repeated(self, trouble: BaseException) -> bool:
        """Whether policies are asked: not about a cancellation, nor when the host has seen a piece of the answer."""
        has_begun = self._is_open and (self._last_at is not None or self._raw is not None)
        return isinstance(trouble, Exception) and not has_begun and error_kind(trouble) != "cancelled"

    def _end(self, is_finished: bool) -> bool:
        """True for the first who ends the call."""
        session = self._session
        assert session is not None and session.client is not None
        with session.client.lock:
            if self._is_over:
                return False
            self._is_over = True
        if session.control is not None:
            session.control.end_step(is_finished)
        return True

    def _opening_data(self) -> Dict[str, Any]:
        return {"provider": self.provider, "model": self.name}

    def _head(self) -> Dict[str, Any]:
        told = {**self._opening_data(), "stream": self._is_stream, "attempt": self.asked.attempt}
        return {**told, "library_retries": self._retries} if self._retries else told

    @harmless
    def _data(self) -> Dict[str, Any]:
        reader, session = self._reader, self._session
        data = {**self._head(), **self._given()}
        told = {
            "response_model": reader.response_model,
            "response_id": reader.response_id,
            "finish_reason": reader.finish_reason,
            "time_to_first_token_ms": self._first_ms(),
        }
        data.update({key: each for key, each in told.items() if each is not None})
        data.update(self._tokens())
        if session is not None and session.options.capture_content:
            output = reader.output()
            data.update({} if output is None else {"output": output})
        return data

    def _given(self) -> Dict[str, Any]:
        """What the model was given, where content is captured."""
        content = self._content
        if not content or self._session is None or not self._session.options.capture_content:
            return {}
        return {"input": next(iter(content.values())) if len(content) == 1 else content}

    @harmless
    def _spent(self) -> Dict[str, Any]:
        """Tokens of a stream that failed on its way."""
        self._read_raw()
        return self._tokens()

    def _tokens(self) -> Dict[str, Any]:
        reader = self._reader
        usage = reader.usage()
        is_cut = self._is_open and not reader.is_complete
        if usage is not None and not is_cut:
            return _token_fields(usage)
        if not self._is_open:
            return {}  # an answer that is none: nothing says that it was charged
        told = usage or TokenUsage()
        fields = _token_fields(told)
        fields["input_tokens"] = told.input_tokens or estimate_tokens(self._content)
        fields["output_tokens"] = max(told.output_tokens, tokens_of_characters(reader.characters))
        marks = ("interrupted", "usage_estimated") if is_cut else ("usage_estimated",)
        return {**fields, **dict.fromkeys(marks, True)}

    def _first_ms(self) -> Optional[float]:
        return None if self._first_at is None else round((self._first_at - self._started) * 1000, 3)

    def _note_piece(self, is_content: bool) -> None:
        self._last_at = time.perf_counter()
        if self._first_at is None and is_content:
            self._first_at = self._last_at

    def _has_usage(self, response: Any) -> bool:
        try:
            self._reader.take_answer(response.json())
        except Exception:  # no answer that could be read
            return False
        return self._reader.usage() is not None

    def _choose_model(self, asked: Asked) -> None:
        control = asked.session.control
        if control is None or not asked.dialect.swaps_model:
            return
        model = control.model_for(asked.library.takes_model)
        if model is not None:
            self._change_body(model=model)

    def _change_body(self, **members: Any) -> None:
        """Asks for something else than the host did; the host's own options stay as they are."""
        options = self.options = copy.copy(self.options)
        self._body = {**self._body, **members}
        options.json_data = {**options.json_data, **members}
        if getattr(options, "extra_json", None):
            options.extra_json = {key: each for key, each in options.extra_json.items() if key not in members}


def body_of(options: Any) -> Dict[str, Any]:
    """What a request will carry."""
    extra = getattr(options, "extra_json", None)
    return {**options.json_data, **(extra if isinstance(extra, Mapping) else {})}


def _wants_usage(asked: Asked, body: Dict[str, Any]) -> bool:
    """Whether the stream would tell its usage only when asked, and nobody sees that it was."""
    asked_for = body.get("stream_options") or {}
    if not asked.dialect.hides_usage or not body.get("stream") or "include_usage" in asked_for:
        return False
    headers = asked.options.headers
    if isinstance(headers, Mapping) and any(each.lower() == RAW_HEADER.lower() for each in headers):
        return False
    return asked.library.tells_usage(asked.host)


def _token_fields(usage: TokenUsage) -> Dict[str, Any]:
    input_tokens, output_tokens, *parts = usage
    told = {"input_tokens": input_tokens, "output_tokens": output_tokens}
    return {**told, **{name: count for name, count in zip(usage._fields[2:], parts) if count}}


def _retries_of(trouble: BaseException) -> Optional[int]:
    request = field(trouble, "request") or field(field(trouble, "response"), "request")
    told = field(field(request, "headers"), "x-stainless-retry-count")
    return int(told) if isinstance(told, str) and told.isdigit() else None
