import RedisClient

/// What the fences do in one step, as scripts. `KEYS` are the generations of tags of one owner, unless said otherwise.
///
/// A generation is one string: `<epoch> <nonce> <position>` and, for each change that may be under way, ` <change>@<end
/// of its lease>`. Nonce, position and change are 16 hexadecimal digits, the position `-` when it is not known; the end
/// is in milliseconds of the server's clock. Marks are part of the generation and not a key beside it, so that the
/// server can only evict both or none.
///
/// The epoch is `<run id>.<replication offset at which this server became master>`. The run id tells processes apart,
/// the offset the reigns of one process that was demoted and came back without a restart. The server says both itself:
/// a script never has to trust what its sender believes to be talking to.
enum FenceScripts {
  /// Makes what is missing; returns all generations. The position of those that are, or `-`; one new nonce per tag.
  static let mint = RedisScript(
    prelude + """
      local found = {}
      for i, key in ipairs(KEYS) do
        local old = load(key)
        -- A change that is still marked may be committed after the position.
        local isLost = not old or (old.epoch ~= epoch and not next(old.doubts))
        local tag, isChanged = settled(key, ARGV[i + 1], old)
        if isLost then tag.position = ARGV[1] end
        if isChanged then store(key, tag) end
        found[i] = text(tag)
      end
      return found
      """)

  /// Marks. The change, its lease in milliseconds, one new nonce per tag.
  static let doubt = RedisScript(
    prelude + """
      for i, key in ipairs(KEYS) do
        local tag = settled(key, ARGV[i + 2])
        tag.doubts[ARGV[1]] = now + ARGV[2]
        store(key, tag)
      end
      return #KEYS
      """)

  /// Makes anew; returns all generations. The change, its position or `-`, one new nonce per tag.
  ///
  /// A server that has no memory left still deletes: a generation that is gone guards nothing.
  static let bump = RedisScript(
    prelude + """
      local made = {}
      for i, key in ipairs(KEYS) do
        local old = load(key)
        if old then old.doubts[ARGV[1]] = nil end
        local tag, isUnknown = settled(key, ARGV[i + 2], old)
        if old and isUnknown then
          tag.position = '-'
        else
          tag.position = later(ARGV[2], tag.position)
        end
        tag.nonce = ARGV[i + 2]
        if not tryStore(key, tag) then redis.call('DEL', key) end
        made[i] = text(tag)
      end
      return made
      """)

  /// Takes marks back and changes nothing else. The change.
  static let withdraw = RedisScript(
    prelude + """
      for _, key in ipairs(KEYS) do
        local tag = load(key)
        if tag and tag.doubts[ARGV[1]] then
          tag.doubts[ARGV[1]] = nil
          if not tryStore(key, tag) then redis.call('DEL', key) end
        end
      end
      return #KEYS
      """)

  /// Stores a value if its generations hold; returns 1 if so. `KEYS[1]` is the value's; the value, its life in
  /// milliseconds (0: over, empty: endless), the nonce of each tag. Generations are made to outlive the value.
  static let store = RedisScript(
    prelude + """
      for i = 2, #KEYS do
        local tag = load(KEYS[i])
        if not tag or tag.epoch ~= epoch or tag.nonce ~= ARGV[i + 1] or next(tag.doubts) then return 0 end
      end
      if ARGV[2] == '0' then
        redis.call('DEL', KEYS[1])
        return 1
      end
      if ARGV[2] == '' then
        redis.call('SET', KEYS[1], ARGV[1])
      else
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      end
      local need = tonumber(ARGV[2]) or 0
      for i = 2, #KEYS do
        if redis.call('PTTL', KEYS[i]) < math.max(need, life / 2) then
          redis.call('PEXPIRE', KEYS[i], math.max(need, life))
        end
      end
      return 1
      """)

  /// Generations live for seven days after the last write, and no shorter than what they guard.
  private static let prelude = """
    local life = 604800000
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)

    -- '?' where the user may not ask: whoever reads it may not either, and takes the generation for missing.
    local epoch = '?'
    local server, replication = redis.pcall('INFO', 'server'), redis.pcall('INFO', 'replication')
    if type(server) == 'string' and type(replication) == 'string' then
      local run, offset = server:match('run_id:(%x+)'), replication:match('second_repl_offset:(%-?%d+)')
      if run and offset then epoch = run .. '.' .. offset end
    end

    local function load(key)
      local text = redis.pcall('GET', key)
      if type(text) ~= 'string' then return nil end
      local made, nonce, position, marks = text:match('^(%S+) (%x+) (%S+)(.*)$')
      if not made then return nil end
      local doubts = {}
      for change, stop in marks:gmatch(' (%x+)@(%d+)') do doubts[change] = tonumber(stop) end
      return {epoch = made, nonce = nonce, position = position, doubts = doubts}
    end

    local function text(tag)
      local text = tag.epoch .. ' ' .. tag.nonce .. ' ' .. tag.position
      for change, stop in pairs(tag.doubts) do text = text .. string.format(' %s@%.0f', change, stop) end
      return text
    end

    local function tryStore(key, tag)
      local reply = redis.pcall('SET', key, text(tag), 'PX', math.max(life, redis.call('PTTL', key)))
      return not reply.err
    end

    local function store(key, tag)
      redis.call('SET', key, text(tag), 'PX', math.max(life, redis.call('PTTL', key)))
    end

    -- The generation, made anew with no position where it is missing, where another run of the store made it, and where
    -- a mark has outlived its lease; and whether it was.
    local function settled(key, nonce, tag)
      tag = tag or load(key)
      if not tag then return {epoch = epoch, nonce = nonce, position = '-', doubts = {}}, true end
      local isChanged = tag.epoch ~= epoch
      for change, stop in pairs(tag.doubts) do
        if stop <= now then
          tag.doubts[change] = nil
          isChanged = true
        end
      end
      if isChanged then tag.epoch, tag.nonce, tag.position = epoch, nonce, '-' end
      return tag, isChanged
    end

    -- Of two positions the larger one, in two halves that Lua's numbers hold.
    local function later(new, old)
      if new == '-' or old == '-' then return new end
      local high, oldHigh = tonumber(new:sub(1, 8), 16), tonumber(old:sub(1, 8), 16)
      if high ~= oldHigh then return high > oldHigh and new or old end
      return tonumber(new:sub(9), 16) > tonumber(old:sub(9), 16) and new or old
    end

    """
}
