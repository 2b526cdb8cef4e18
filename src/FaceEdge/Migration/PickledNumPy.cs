using System.Text;

namespace FaceEdge.Migration;

/// <summary>A name that a pickle may mention. It is only ever compared, never looked up.</summary>
/// <param name="Does">What NumPy would do with it.</param>
internal sealed record PickledName(PickledNumPy.Does Does);

/// <summary>What NumPy arrays are pickled with: the few names that may occur, and what our reader makes of them.</summary>
internal static class PickledNumPy
{
    /// <summary>The meaning of a name.</summary>
    internal enum Does
    {
        /// <summary><c>numpy.ndarray</c>, as an argument.</summary>
        NameTheArrayClass,

        /// <summary><c>numpy.dtype(text, align, copy)</c>.</summary>
        DescribeNumbers,

        /// <summary><c>_reconstruct(ndarray, (0,), b'b')</c>: an array that is filled afterwards.</summary>
        BeginArray,

        /// <summary><c>_frombuffer(bytes, dtype, shape, order)</c>: protocol 5.</summary>
        MakeArray,

        /// <summary><c>scalar(dtype, bytes)</c>: one number of a list of NumPy's.</summary>
        MakeNumber,

        /// <summary><c>_codecs.encode(text, 'latin1')</c>: how protocols 0 to 2 write bytes from Python 3.</summary>
        MakeBytes,

        /// <summary><c>bytearray(bytes)</c>.</summary>
        CopyBytes,

        /// <summary><c>array.array</c>, as an argument.</summary>
        NameThePythonArray,

        /// <summary><c>_array_reconstructor(array, typecode, format, bytes)</c>: Python's own arrays.</summary>
        MakePythonArray,

        /// <summary><c>collections.OrderedDict()</c>, which is filled afterwards.</summary>
        BeginDictionary,
    }

    /// <summary>The name, if it is one of those that hold numbers.</summary>
    /// <exception cref="CellException">It is any other name; the message says which.</exception>
    public static PickledName Find(string? module, string? name) => (module, name) switch
    {
        ("numpy", "ndarray" or "matrix") or ("numpy.matrixlib.defmatrix", "matrix") => new PickledName(Does.NameTheArrayClass),
        ("numpy", "dtype") => new PickledName(Does.DescribeNumbers),
        ("numpy.core.multiarray" or "numpy._core.multiarray", "_reconstruct") => new PickledName(Does.BeginArray),
        ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => new PickledName(Does.MakeNumber),
        ("numpy.core.numeric" or "numpy._core.numeric", "_frombuffer") => new PickledName(Does.MakeArray),
        ("_codecs", "encode") => new PickledName(Does.MakeBytes),
        ("builtins" or "__builtin__", "bytearray") => new PickledName(Does.CopyBytes),
        ("array", "array") => new PickledName(Does.NameThePythonArray),
        ("array", "_array_reconstructor") => new PickledName(Does.MakePythonArray),
        ("collections", "OrderedDict") => new PickledName(Does.BeginDictionary),
        _ => throw new CellException($"pickle refused: it names {Printable(module)}.{Printable(name)}, which no array of numbers needs; nothing in it was run"),
    };

    /// <summary>What NumPy would have made of a call.</summary>
    /// <exception cref="CellException">The arguments are not those that NumPy writes.</exception>
    public static object Make(object? callable, object? arguments) => ((callable as PickledName)?.Does, arguments as object?[]) switch
    {
        (Does.DescribeNumbers, [{ } type, ..]) => new NumberType(Text(type)),
        (Does.BeginArray, [PickledName { Does: Does.NameTheArrayClass }, ..]) => new NumberArray(),
        (Does.MakeArray, [{ } bytes, NumberType type, object?[] shape, ..]) => Filled(new NumberArray(), type, shape, Bytes(bytes)),
        (Does.MakeNumber, [NumberType type, { } bytes]) => type.Read(Bytes(bytes), 1)[0],
        (Does.MakeBytes, [string text, string codec]) when codec is "latin1" or "latin-1" => Bytes(text),
        (Does.CopyBytes, [byte[] bytes]) => bytes,
        (Does.CopyBytes, [string text, string codec]) when codec is "latin-1" or "latin1" => Bytes(text),
        (Does.MakePythonArray, [PickledName { Does: Does.NameThePythonArray }, _, long format and >= 14 and <= 17, { } bytes]) =>
            PythonArray(format, Bytes(bytes)),
        (Does.NameThePythonArray, ["d" or "f", IList<object?> numbers]) => numbers,
        (Does.BeginDictionary, []) => new Dictionary<string, object?>(),
        _ => throw new CellException("pickle refused: it calls something in a way that NumPy does not write"),
    };

    /// <summary>Fills in what a call left open.</summary>
    /// <exception cref="CellException">The state is not one that NumPy writes.</exception>
    public static void SetState(object? thing, object? state)
    {
        switch (thing, state)
        {
            // (version, byte order, sub-array, names, fields, item size, alignment, flags)
            case (NumberType type, object?[] and [long, { } order, null, null, null, ..]):
                type.ByteOrder = Text(order);
                break;

            // (version, shape, type, Fortran order, bytes)
            case (NumberArray array, object?[] and [long, object?[] shape, NumberType type, _, { } bytes]):
                Filled(array, type, shape, Bytes(bytes));
                break;
            default:
                throw new CellException("pickle refused: it sets something up in a way that NumPy does not write for numbers");
        }
    }

    private static NumberArray Filled(NumberArray array, NumberType type, object?[] shape, byte[] bytes)
    {
        array.Numbers = type.Read(bytes, NumberArray.Count([.. shape.Select(side => side as long? ?? -1)]));
        return array;
    }

    /// <summary>Machine formats 14 to 17: float and double, little-endian and big-endian.</summary>
    private static NumberArray PythonArray(long format, byte[] bytes)
    {
        var type = new NumberType((format % 2 == 0 ? "<" : ">") + (format < 16 ? "f4" : "f8"));
        return new NumberArray { Numbers = type.Read(bytes, bytes.Length / (format < 16 ? 4 : 8)) };
    }

    private static string Text(object thing) => thing switch
    {
        string text => text,
        byte[] bytes => Encoding.Latin1.GetString(bytes),
        _ => throw new CellException("damaged pickle: no text where NumPy writes one"),
    };

    private static byte[] Bytes(object thing) => thing switch
    {
        byte[] bytes => bytes,
        string text when text.All(static c => c <= 0xFF) => Encoding.Latin1.GetBytes(text),
        _ => throw new CellException("pickle refused: an array whose content is not plain bytes (dtype object?)"),
    };

    private static string Printable(string? name) =>
        name is null ? "?" : new string([.. name.Take(60).Select(static c => c is > ' ' and < '\x7f' ? c : '?')]);
}
