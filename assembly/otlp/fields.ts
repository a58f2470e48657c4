// Field numbers of the OTLP trace messages (opentelemetry-proto v1.11.0); sinks that write JSON use the names given beside them.

export const REQUEST_RESOURCE_SPANS = 1;
export const RESOURCE_SPANS_RESOURCE = 1;
export const RESOURCE_SPANS_SCOPE_SPANS = 2;
export const RESOURCE_ATTRIBUTES = 1;
export const SCOPE_SPANS_SCOPE = 1;
export const SCOPE_SPANS_SPANS = 2;
export const SCOPE_SPANS_SCHEMA_URL = 3;
export const SCOPE_NAME_FIELD = 1;
export const SCOPE_VERSION_FIELD = 2;

export const SPAN_TRACE_ID = 1;
export const SPAN_SPAN_ID = 2;
export const SPAN_PARENT_SPAN_ID = 4;
export const SPAN_NAME_FIELD = 5;
export const SPAN_KIND_FIELD = 6;
export const SPAN_START_TIME = 7;
export const SPAN_END_TIME = 8;
export const SPAN_ATTRIBUTES = 9;
export const SPAN_EVENTS = 11;
export const SPAN_STATUS = 15;

export const EVENT_TIME_FIELD = 1;
export const EVENT_NAME_FIELD = 2;
export const EVENT_ATTRIBUTES = 3;

export const STATUS_MESSAGE = 2;
export const STATUS_CODE = 3;
export const STATUS_ERROR = 2;

export const KIND_INTERNAL = 1;
export const KIND_CLIENT = 3;

export const KEY_VALUE_KEY = 1;
export const KEY_VALUE_VALUE = 2;
export const VALUE_STRING = 1;
export const VALUE_BOOL = 2;
export const VALUE_INT = 3;
export const VALUE_DOUBLE = 4;
export const VALUE_ARRAY = 5;
export const ARRAY_VALUES = 1;
