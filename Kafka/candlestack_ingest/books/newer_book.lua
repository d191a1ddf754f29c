-- Writes a book unless an older one would replace a newer one.
-- KEYS[1] the book, KEYS[2] a hash or nothing; ARGV: update id, event time in ms, JSON of the book and, for the
-- hash, its field and that field's JSON. Returns 1 when it was written.
--
-- A book is older when its update id is lower and its event time is not later: an exchange that began to count
-- anew, as a simulated one does, is not older. The same id is written: its trust state may be another.

-- Ids may be greater than a double can hold exactly: compared as digits.
local function is_below(id, other)
  if #id ~= #other then
    return #id < #other
  end
  return id < other
end

-- What follows the levels is short; the levels are not read.
local tail = redis.call('GETRANGE', KEYS[1], -512, -1)
local id = string.match(tail, '"last_update_id":(%d+)')
local event_time = string.match(tail, '"event_time":(%d+)')
if id and event_time and is_below(ARGV[1], id) and not is_below(event_time, ARGV[2]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[3])
if KEYS[2] then
  redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
end
return 1
