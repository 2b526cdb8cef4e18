using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace FaceEdge.Migration;

/// <summary>
/// Reads the numbers out of a pickle without being a pickle machine: it knows the opcodes that numbers, lists, dictionaries and NumPy arrays are
/// written with in protocols 0 to 5, and of all names in the world the few of <see cref="PickledNumPy"/>. Nothing is ever looked up
/// or called; a name or an opcode beyond those is refused. Work and memory are in proportion to the bytes given.
/// </summary>
/// <remarks>Opcodes: CPython's Lib/pickletools.py, which documents each.</remarks>
internal ref struct PickleReader(ReadOnlySpan<byte> pickle)
{
    /// <summary>Things on the stack or in the memo at once; an encoding needs some hundred.</summary>
    private const int MaxObjects = 20_000;

    /// <summary>
    /// Bytes given to calls, together: the same bytes may be given to any number of them, each makes a copy, and so a small pickle could ask for
    /// gigabytes. An encoding needs some kilobytes, as a list of NumPy's numbers some ten.
    /// </summary>
    private const long MaxGiven = 1 << 20;

    private static readonly object Mark = new();

    private readonly ReadOnlySpan<byte> _pickle = pickle;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _at;
    private long _given;

    /// <summary>The object that was pickled: a number, text, bytes, a list, tuple or dictionary of such, or what <see cref="PickledNumPy"/> makes.</summary>
    /// <exception cref="CellException">It is damaged, or holds what is not needed for numbers.</exception>
    public static object? Read(ReadOnlySpan<byte> pickle)
    {
        var reader = new PickleReader(pickle);
        return reader.Run();
    }

    private object? Run()
    {
        while (true)
        {
            byte opcode = Take(1)[0];
            if (opcode == (byte)'.')
            {
                object? result = Pop();
                return _stack.Count == 0 ? result : throw new CellException("damaged pickle: it ends with things left over");
            }

            if (!Structure(opcode) && !Number(opcode) && !TextOrBytes(opcode))
            {
                throw new CellException(
                    $"pickle refused: it does more than hold numbers (opcode 0x{opcode:x2}{(opcode is > 32 and < 127 ? $" '{(char)opcode}'" : "")} "
                    + $"at byte {_at - 1}); nothing in it was run");
            }

            if (_stack.Count > MaxObjects || _memo.Count > MaxObjects)
            {
                throw new CellException($"pickle refused: it holds more than {MaxObjects} things");
            }
        }
    }

    private bool Structure(byte opcode)
    {
        switch ((char)opcode)
        {
            case '\x80': // PROTO
                return Take(1)[0] <= 5 ? true : throw new CellException("pickle of a protocol newer than 5");
            case '\x95': // FRAME
                Take(8);
                return true;
            case '(': // MARK
                return Push(Mark);
            case ')': // EMPTY_TUPLE
                return Push(Array.Empty<object?>());
            case 't': // TUPLE
                return Push(PopToMark());
            case '\x85' or '\x86' or '\x87': // TUPLE1..3
                return Push(PopMany(opcode - 0x84));
            case ']': // EMPTY_LIST
                return Push(new List<object?>());
            case 'l': // LIST
                return Push(new List<object?>(PopToMark()));
            case 'a': // APPEND
                object? item = Pop();
                List().Add(item);
                return true;
            case 'e': // APPENDS
                object?[] items = PopToMark();
                List().AddRange(items);
                return true;
            case '}': // EMPTY_DICT
                return Push(new Dictionary<string, object?>());
            case 'd': // DICT
                Push(Fill([], PopToMark()));
                return true;
            case 's': // SETITEM
                object?[] pair = PopMany(2);
                Fill(Dictionary(), pair);
                return true;
            case 'u': // SETITEMS
                object?[] pairs = PopToMark();
                Fill(Dictionary(), pairs);
                return true;
            case '0': // POP
                Pop();
                return true;
            case '2': // DUP
                return Push(Peek());
            case 'p': // PUT
                return Memorize(Whole(Line()));
            case 'q': // BINPUT
                return Memorize(Take(1)[0]);
            case 'r': // LONG_BINPUT
                return Memorize(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
            case '\x94': // MEMOIZE
                return Memorize(_memo.Count);
            case 'g': // GET
                return Recall(Whole(Line()));
            case 'h': // BINGET
                return Recall(Take(1)[0]);
            case 'j': // LONG_BINGET
                return Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
            case 'c': // GLOBAL
                return Push(PickledNumPy.Find(Line(), Line()));
            case '\x93': // STACK_GLOBAL
                object? name = Pop();
                return Push(PickledNumPy.Find(Pop() as string, name as string));
            case 'R': // REDUCE
                object? arguments = Pop();
                Give(arguments);
                return Push(PickledNumPy.Make(Pop(), arguments));
            case 'b': // BUILD
                object? state = Pop();
                Give(state);
                PickledNumPy.SetState(Peek(), state);
                return true;
            default:
                return false;
        }
    }

    private bool Number(byte opcode)
    {
        switch ((char)opcode)
        {
            case 'N': // NONE
                return Push(null);
            case '\x88': // NEWTRUE
                return Push(true);
            case '\x89': // NEWFALSE
                return Push(false);
            case 'I': // INT, which protocol 0 also writes truth with
                string line = Line();
                return Push(line switch { "00" => false, "01" => true, _ => Whole(line) });
            case 'L': // LONG
                return Push(Whole(Line().TrimEnd('L')));
            case 'J': // BININT
                return Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
            case 'K': // BININT1
                return Push((long)Take(1)[0]);
            case 'M': // BININT2
                return Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
            case '\x8a': // LONG1
                return Push(LongOf(Take(Take(1)[0])));
            case 'F': // FLOAT
                return Push(double.TryParse(Line(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                    ? number
                    : throw new CellException("damaged pickle: a number that is none"));
            case 'G': // BINFLOAT
                return Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
            default:
                return false;
        }
    }

    private bool TextOrBytes(byte opcode)
    {
        switch ((char)opcode)
        {
            case 'S': // STRING: Python 2's repr
                return Push(PickleText.Unquote(Line()));
            case 'T' or 'B' or 'X': // BINSTRING, BINBYTES, BINUNICODE
                return Push(opcode, Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
            case 'U' or 'C' or '\x8c': // SHORT_BINSTRING, SHORT_BINBYTES, SHORT_BINUNICODE
                return Push(opcode, Take(Take(1)[0]));
            case '\x8e' or '\x8d' or '\x96': // BINBYTES8, BINUNICODE8, BYTEARRAY8
                return Push(opcode, Take(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))));
            case '\x98': // READONLY_BUFFER: of the bytes above
                return true;
            case 'V': // UNICODE
                return Push(PickleText.Unescape(Line()));
            default:
                return false;
        }
    }

    private void Give(object? arguments)
    {
        foreach (object? argument in arguments as object?[] ?? [])
        {
            _given += argument switch { byte[] bytes => bytes.Length, string text => text.Length, _ => 1 };
        }

        if (_given > MaxGiven)
        {
            throw new CellException($"pickle refused: it makes more than {MaxGiven} bytes of what it holds");
        }
    }

    private bool Push(object? thing)
    {
        _stack.Add(thing);
        return true;
    }

    private bool Push(byte opcode, ReadOnlySpan<byte> content) => Push((char)opcode switch
    {
        'X' or '\x8c' or '\x8d' => Encoding.UTF8.GetString(content),
        'T' or 'U' => Encoding.Latin1.GetString(content), // Python 2's str is bytes
        _ => content.ToArray(),
    });

    private bool Memorize(long place)
    {
        _memo[place] = Peek();
        return true;
    }

    private bool Recall(long place) =>
        _memo.TryGetValue(place, out object? thing) ? Push(thing) : throw new CellException("damaged pickle: it refers to what is not there");

    private object? Peek() => _stack.Count > 0 ? _stack[^1] : throw new CellException("damaged pickle: its stack is empty");

    private object? Pop()
    {
        object? top = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    private object?[] PopToMark()
    {
        int mark = _stack.LastIndexOf(Mark);
        object?[] items = mark < 0 ? throw new CellException("damaged pickle: a mark is missing") : [.. _stack[(mark + 1)..]];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    private object?[] PopMany(int count)
    {
        var items = new object?[count];
        for (int i = count - 1; i >= 0; i--)
        {
            items[i] = Pop();
        }

        return items;
    }

    private List<object?> List() => Peek() as List<object?> ?? throw new CellException("damaged pickle: it appends to what is no list");

    private Dictionary<string, object?> Dictionary() =>
        Peek() as Dictionary<string, object?> ?? throw new CellException("damaged pickle: it adds a field to what is no dictionary");

    private static Dictionary<string, object?> Fill(Dictionary<string, object?> fields, object?[] pairs)
    {
        for (int i = 0; i + 1 < pairs.Length; i += 2)
        {
            string key = pairs[i] switch
            {
                string text => text,
                byte[] bytes => Encoding.Latin1.GetString(bytes),
                long or double or bool => Convert.ToString(pairs[i], CultureInfo.InvariantCulture)!,
                null => "None",
                _ => throw new CellException("a pickle of a dictionary whose keys are no names"),
            };
            fields[key] = pairs[i + 1];
        }

        return fields;
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_pickle.Length - _at))
        {
            throw new CellException($"damaged pickle: at byte {_at} it announces {count} bytes, {_pickle.Length - _at} are left");
        }

        ReadOnlySpan<byte> taken = _pickle.Slice(_at, (int)count);
        _at += (int)count;
        return taken;
    }

    private string Line()
    {
        int length = _pickle[_at..].IndexOf((byte)'\n');
        string line = length < 0
            ? throw new CellException("damaged pickle: a line without an end")
            : Encoding.Latin1.GetString(_pickle.Slice(_at, length));
        _at += length + 1;
        return line;
    }

    private static long Whole(string line) => long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw new CellException("damaged pickle: a whole number that is none, or above 64 bits");

    private static long LongOf(ReadOnlySpan<byte> littleEndian)
    {
        if (littleEndian.Length > sizeof(long))
        {
            throw new CellException("pickle refused: it holds a whole number above 64 bits");
        }

        long number = littleEndian.IsEmpty || littleEndian[^1] < 0x80 ? 0 : -1;
        for (int i = littleEndian.Length - 1; i >= 0; i--)
        {
            number = (number << 8) | littleEndian[i];
        }

        return number;
    }
}
